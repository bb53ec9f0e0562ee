import { fork } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");

/**
 * An engine in a process of its own. `ask(request, options)` gives its answer, or undefined once it has failed: an engine that
 * cannot run is reported with its reason, in `failure`, and the others go on.
 */
export class EngineProcess {
  failure;
  #child;
  #folder;

  constructor(worker, folder) {
    this.#folder = folder;
    this.#child = fork(join(here, "workers", worker), { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  }

  async ask(request, options) {
    if (this.failure !== undefined) return undefined;
    try {
      return await this.#answer(request, options);
    } catch (reason) {
      this.failure = String(reason).replaceAll(this.#folder, "").replaceAll(repository, "");
      this.#child.kill();
      return undefined;
    }
  }

  #answer(request, options) {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = (code, signal) => reject(`its process ended with ${signal ?? `code ${code}`}`);
      if (!child.connected) return onExit(child.exitCode, child.signalCode);
      child.once("exit", onExit);
      child.once("message", ({ result, error }) => {
        child.off("exit", onExit);
        if (error === undefined) resolve(result ?? null);
        else reject(error);
      });
      child.send({ request, options });
    });
  }
}
