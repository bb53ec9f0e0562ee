/** `npm start -- ARGS` is `palaver ARGS`: installs and builds what is missing, then runs the command in this process. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureInstalled, root } from "./prepare.mjs";

ensureInstalled();
ensureBuilt();

// npm runs scripts in the package's folder; paths in ARGS are meant from where the person stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

const main = join(root, "apps", "cli", "dist", "main.js");
process.argv[1] = main;
await import(pathToFileURL(main).href);
