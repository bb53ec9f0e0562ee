/** How a process ended, and what it wrote. */
export interface EndedProcess {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running process. */
export interface StartedProcess {
  readonly ended: Promise<EndedProcess>;
  /** What it wrote so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Ends it at once, without a chance to clean up. */
  kill(): void;
}

export interface StartProcessOptions {
  readonly nodeFlags?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts Node.js on a TypeScript file, whose imports of the workspace's packages are their sources. */
export function startProcess(script: URL, args?: readonly string[], options?: StartProcessOptions): StartedProcess;
