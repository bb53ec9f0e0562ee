/** The command line was used in a way that does not make sense; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
