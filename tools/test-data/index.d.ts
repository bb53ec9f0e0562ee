/** The path of a file or folder of the shared test data; undefined where it is absent. */
export function sharedData(name: string): string | undefined;
/** Registers tests over shared data; where the data is absent, one skipped test whose name is the reason. */
export function describeSharedData(
  title: string,
  names: string | readonly string[],
  body: (...paths: string[]) => void,
): void;
