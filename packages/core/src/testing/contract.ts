/** One sentence about behaviour, and the code that shows it. Runs in any test runner: `for (const c of cases) test(c.name, c.run)`. */
export interface ContractCase {
  readonly name: string;
  /** A written reason where the implementation cannot show this; the runner prints it. */
  readonly skip?: string;
  readonly run: () => Promise<void> | void;
}

/** Fails with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractFailure(message);
}

/** Fails unless both print as the same JSON. */
export function checkEqual(actual: unknown, expected: unknown, what: string): void {
  const a = JSON.stringify(actual);
  const b = JSON.stringify(expected);
  check(a === b, `${what}: expected ${b}, got ${a}`);
}

/** Runs `action` and gives what it throws; fails if it does not throw. */
export async function rejection(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new ContractFailure("expected an error, got none");
}

class ContractFailure extends Error {
  override readonly name = "ContractFailure";
}
