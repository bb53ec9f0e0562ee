import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PalaverError } from "@palaver/core";
import { starterModels } from "@palaver/starter";
import { localPath } from "./local-path.ts";

/** The model that is meant where none is named. */
export const defaultModel = "starter";

/** How a checkout makes the model, for people who have npm alone; the version is that of the repository's package.json. */
export const rebuildCommand = "npx pnpm@10.34.9 --filter @palaver/starter-recipe run rebuild";

/** A model that ships with Palaver: the name that people give, and its folder. */
export interface ShippedModel {
  readonly name: string;
  readonly path: string;
}

/**
 * What `starter` and `starter:base` mean; undefined for every other name. A path that is called so is `./starter`.
 * `PALAVER_STARTER` names a folder with `chat` and `base` in place of those that ship.
 * @throws ERR_NOT_FOUND where the model is not there, as in a checkout in which nobody has built it
 */
export async function shippedModel(name: string, models = starterModels): Promise<ShippedModel | undefined> {
  const form = name === defaultModel ? "chat" : name === `${defaultModel}:base` ? "base" : undefined;
  if (form === undefined) return undefined;
  const instead = process.env.PALAVER_STARTER;
  const path = instead ? join(resolve(instead), form) : fileURLToPath(models[form]).replace(/[\\/]$/, "");
  const isThere = await stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (isThere) return { name, path };
  throw new PalaverError("ERR_NOT_FOUND", `${name} is not in ${path}: ${advice(instead)}`, { details: { path } });
}

/** The path that a MODEL on the command line means. @throws as `shippedModel` and `localPath` */
export async function modelPath(name: string): Promise<string> {
  return (await shippedModel(name))?.path ?? localPath(name);
}

// --- internal ---

function advice(instead: string | undefined): string {
  if (instead) return "PALAVER_STARTER must name a folder with chat and base in it";
  return `install @palaver/starter again, or, in a checkout, build it: ${rebuildCommand} (apps/starter/README.md has all steps)`;
}
