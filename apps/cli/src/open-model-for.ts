import { interruptible } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { type LoadedModel, loadModel } from "./load-model.ts";
import type { RuntimeFlags } from "./options.ts";
import { progressBar } from "./progress-bar.ts";
import { warn } from "./warn.ts";

export type { LoadedModel };

/** Opens a command's model, with progress and warnings on stderr. */
export async function openModelFor(io: Io, name: string, flags: RuntimeFlags): Promise<LoadedModel> {
  const bar = progressBar(io, "importing");
  try {
    return await interruptible(io.interrupts, (signal) =>
      loadModel(name, {
        signal,
        adapter: flags.adapter,
        device: flags.device,
        driver: flags.driver,
        ...(flags.threads !== undefined && { threads: flags.threads }),
        ...(flags.context !== undefined && { contextTokens: flags.context }),
        ...(flags.dtype !== undefined && { dtype: flags.dtype }),
        onProgress: bar.update,
        onWarning: (text) => warn(io, text),
      }),
    );
  } finally {
    bar.end();
  }
}
