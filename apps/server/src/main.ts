import { isPalaverError } from "@palaver/core";
import { loadModel } from "palaver";
import { serveModel } from "./serve-model.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: node main.js MODEL    (HOST, PORT and PALAVER_API_KEY are read from the environment)");
  process.exit(2);
}
const { HOST: host, PORT: port = "11434", PALAVER_API_KEY: apiKey } = process.env;

try {
  const model = await loadModel(path);
  const options = { info: model.served, host, port: Number(port), apiKey };
  const server = await serveModel(model, options).catch(async (error: unknown) => {
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
