import { isPalaverError } from "@palaver/core";
import { checkAddress } from "@palaver/server/node";
import { loadModel } from "palaver";
import { serveModel } from "./serve-model.ts";
import { serverSettings } from "./server-settings.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: node main.js MODEL    (HOST, PORT and PALAVER_API_KEY are read from the environment)");
  process.exit(2);
}

try {
  const settings = serverSettings(process.env);
  checkAddress(settings);
  const model = await loadModel(path);
  const server = await serveModel(model, { info: model.served, ...settings }).catch(async (error: unknown) => {
    await model.close();
    throw error;
  });
  console.error(`${model.name} is served on ${server.url}`);

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      // The first signal lets answers end, a second one ends them.
      process.on(signal, () => process.exit(1));
      await server.close();
      await model.close();
    });
  }
} catch (error) {
  console.error(isPalaverError(error) ? error.message : error);
  process.exitCode = 1;
}
