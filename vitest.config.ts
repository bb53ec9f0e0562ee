import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

// One project a package, so that `vitest run --project tokenizer` runs one room.
const rooms = ["packages", "apps", "tools"].flatMap((kind) =>
  readdirSync(kind)
    .map((name) => `${kind}/${name}`)
    .filter((root) => existsSync(`${root}/src`)),
);

export default defineConfig({
  test: {
    projects: rooms.map((root) => ({
      resolve: { conditions: ["@palaver/source"] },
      ssr: { resolve: { conditions: ["@palaver/source"] } },
      test: {
        name: root.slice(root.indexOf("/") + 1),
        root,
        include: ["src/**/*.test.ts"],
        exclude: process.env["PALAVER_HEAVY"] ? [] : ["src/**/*.heavy.test.ts"],
        testTimeout: 60_000,
      },
    })),
  },
});
