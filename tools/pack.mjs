/** Packs every published package, installs the tarballs in an empty folder, and loads them both ways. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

/** Packs all; undefined where packing failed (the reason is printed). */
export function packedPackages(scratch, path) {
  const env = { ...process.env, PATH: path };
  const packages = [];
  for (const folder of publishedFolders()) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const tarball = join(scratch, `${manifest.name.replace("@", "").replace("/", "-")}.tgz`);
    const result = spawnSync("pnpm", ["pack", "--out", tarball], { cwd: folder, env, encoding: "utf8" });
    if (result.status !== 0) {
      console.log(`${result.stdout}${result.stderr}`);
      return undefined;
    }
    packages.push({ name: manifest.name, manifest, tarball, attw: [] });
  }
  return {
    all: (check) => packages.map(check).every(Boolean),
    installAndLoad: () => installAndLoad(packages, join(scratch, "consumer"), env),
  };
}

// --- internal ---

function publishedFolders() {
  return ["packages", "apps"]
    .flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name)))
    .filter((folder) => !JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).private);
}

function installAndLoad(packages, folder, env) {
  mkdirSync(folder);
  const tarballs = Object.fromEntries(packages.map((p) => [p.name, `file:${p.tarball}`]));
  const consumer = { name: "consumer", private: true, type: "commonjs", dependencies: tarballs };
  writeFileSync(join(folder, "package.json"), JSON.stringify(consumer));
  // Between themselves, too, the packages must meet as tarballs.
  writeFileSync(join(folder, "pnpm-workspace.yaml"), `overrides: ${JSON.stringify(tarballs)}\n`);
  const install = spawnSync("pnpm", ["install", "--ignore-scripts", "--prefer-offline", "--prod"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  if (install.status !== 0) return report("install", install);
  const load = `
    const required = Object.keys(require(name)).sort().join();
    import(name).then((module) => {
      const imported = Object.keys(module).filter((key) => key !== "module.exports").sort().join();
      if (imported === "" || imported !== required) throw new Error("import gives " + imported + ", require gives " + required);
    });`;
  let ok = true;
  for (const name of packages.flatMap(entries)) {
    const result = spawnSync(process.execPath, ["-e", `const name = ${JSON.stringify(name)};${load}`], {
      cwd: folder,
      encoding: "utf8",
    });
    if (result.status !== 0 || result.stderr !== "") ok = report(name, result);
  }
  const version = spawnSync(join(folder, "node_modules", ".bin", "palaver"), ["--version"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (version.status !== 0 || !/^\d+\.\d+\.\d+/.test(version.stdout)) ok = report("palaver --version", version);
  return ok;
}

/** Every entry that a package publishes: itself and its subpaths. */
function entries({ name, manifest }) {
  return Object.keys(manifest.exports).map((subpath) => name + subpath.slice(1));
}

function report(what, result) {
  console.log(`${what}: exit ${result.status}\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  return false;
}
