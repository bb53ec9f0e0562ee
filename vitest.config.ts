import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

// One project a package, so that `vitest run --project tokenizer` runs one room.
const rooms = ["packages", "apps", "tools"]
  .flatMap((kind) => readdirSync(kind).map((name) => `${kind}/${name}`))
  .concat("examples")
  .filter((root) => existsSync(`${root}/src`));

// The folder's name; an app that shares it with a package is told apart: `server` and `server-app`.
function projectName(root: string): string {
  const name = root.slice(root.indexOf("/") + 1);
  return rooms.includes(`packages/${name}`) && !root.startsWith("packages/") ? `${name}-app` : name;
}

export default defineConfig({
  test: {
    projects: rooms.map((root) => ({
      resolve: { conditions: ["@palaver/source"] },
      ssr: { resolve: { conditions: ["@palaver/source"] } },
      test: {
        name: projectName(root),
        root,
        include: ["src/**/*.test.ts"],
        exclude: process.env["PALAVER_HEAVY"] ? [] : ["src/**/*.heavy.test.ts"],
        testTimeout: 60_000,
      },
    })),
  },
});
