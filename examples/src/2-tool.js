// A chatbot with a tool: node examples/src/2-tool.js "What time is it?"
import { createSession, runTools } from "@palaver/chat";
import { loadModel } from "palaver";

/** @type {import("@palaver/chat").ExecutableTool} */
const clock = {
  name: "now",
  description: "The time of day.",
  parameters: { type: "object", properties: {} },
  execute: () => new Date().toTimeString().slice(0, 5),
};

const model = await loadModel("starter");
const session = createSession({ model, maxTokens: 60 });
for await (const event of runTools(session, process.argv[2] ?? "What time is it?", [clock], { maxRounds: 2 })) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "tool-result") console.log(`[${event.name}: ${event.content}]`);
}
console.log();
await session.close();
await model.close();
