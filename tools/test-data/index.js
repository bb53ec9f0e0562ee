import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const root = process.env.PALAVER_SHARED_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** The path of a file or folder of the shared test data; undefined where it is absent. */
export function sharedData(name) {
  const path = `${root.replace(/\/$/, "")}/${name}`;
  return existsSync(path) ? path : undefined;
}

/** Registers tests over shared data; where the data is absent, one skipped test whose name is the reason. */
export function describeSharedData(title, names, body) {
  const list = Array.isArray(names) ? names : [names];
  const paths = list.map(sharedData);
  const missing = list.filter((_, index) => paths[index] === undefined);
  if (missing.length > 0) {
    test.skip(`${title}: skipped, the shared test data beside the checkout lacks ${missing.join(", ")}`, () => {});
    return;
  }
  describe(title, () => body(...paths));
}
