// Talks with the model that ships: node examples/src/1-talk.js "What color is the sky?"
import { createSession, loadModel } from "palaver";

const model = await loadModel("starter");
const session = createSession({ model, maxTokens: 60 });
for await (const event of session.send(process.argv[2] ?? "Hello!")) {
  if (event.type === "text-delta") process.stdout.write(event.text);
}
console.log();
await session.close();
await model.close();
