import { isPalaverError } from "@palaver/core";
import type { TrainedParameter } from "../training/training-tensors.ts";
import { checkpointChunks, readCheckpoint } from "./checkpoint-file.ts";
import type { CheckpointState } from "./checkpoint-state.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";

const NAME = /^checkpoint-(\d{8,15})\.safetensors$/;

/** A checkpoint that could not be used. */
export interface RefusedCheckpoint {
  readonly checkpoint: string;
  readonly reason: string;
}

/** Writes a checkpoint, then removes all but the newest `keep`. Gives its name. @throws what the store throws */
export async function saveCheckpoint(
  store: CheckpointStore,
  parameters: readonly TrainedParameter[],
  { state, keep }: { readonly state: CheckpointState; readonly keep: number },
): Promise<string> {
  const name = `checkpoint-${String(state.step).padStart(8, "0")}.safetensors`;
  await store.write(name, checkpointChunks(parameters, state));
  const older = (await newestFirst(store)).filter((other) => stepOf(other) <= state.step);
  for (const surplus of older.slice(keep)) await store.remove(surplus);
  return name;
}

/** Reads the newest checkpoint that is whole into the tensors; undefined where there is none. @throws as `readCheckpoint`, but for malformed files */
export async function restoreCheckpoint(
  store: CheckpointStore,
  parameters: readonly TrainedParameter[],
): Promise<{
  readonly restored: (CheckpointState & { readonly checkpoint: string }) | undefined;
  readonly refused: RefusedCheckpoint[];
}> {
  const refused: RefusedCheckpoint[] = [];
  for (const checkpoint of await newestFirst(store)) {
    const source = await store.read(checkpoint);
    try {
      return { restored: { ...(await readCheckpoint(source, parameters)), checkpoint }, refused };
    } catch (error) {
      if (!isPalaverError(error, "ERR_FORMAT")) throw error;
      refused.push({ checkpoint, reason: error.message });
    } finally {
      await source.close();
    }
  }
  return { restored: undefined, refused };
}

// --- internal ---

async function newestFirst(store: CheckpointStore): Promise<string[]> {
  const names = (await store.list()).filter((name) => NAME.test(name));
  return names.sort((a, b) => stepOf(b) - stepOf(a));
}

function stepOf(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}
