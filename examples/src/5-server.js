// A server inside a program, with a route of its own beside those of Ollama and OpenAI: node examples/src/5-server.js
import { createApp, singleModel } from "@palaver/server";
import { listen } from "@palaver/server/node";
import { loadModel } from "palaver";

const model = await loadModel("starter");
const app = createApp({ models: singleModel(model), version: "1.0.0", now: Date.now, random: Math.random });
app.get("/health", (c) => c.json({ model: model.name }));
const server = await listen(app, { port: 0 });

console.log(await (await fetch(`${server.url}/health`)).text());
const body = { model: model.name, messages: [{ role: "user", content: "Hello!" }], max_tokens: 20 };
const answer = await fetch(`${server.url}/v1/chat/completions`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
console.log(JSON.stringify(await answer.json()));
await server.close();
await model.close();
