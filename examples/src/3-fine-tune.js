// Teaches a checkpoint two answers: node examples/src/3-fine-tune.js CHECKPOINT OUTPUT
import { writeTraining } from "@palaver/graph";
import { openCheckpoint, openModelText, saveCheckpoint } from "@palaver/hub";
import { openRuntime } from "@palaver/onnx";
import { createTrainer, encodeExample, readExamples, shuffledSequences } from "@palaver/sft";
import { PalaverError } from "palaver";

const [checkpoint = "my-model", output = "my-tuned-model"] = process.argv.slice(2);
const { tokenizer, template } = await openModelText(checkpoint);
const { config, weights, close } = await openCheckpoint(checkpoint);
if (tokenizer === undefined) throw new PalaverError("ERR_NOT_FOUND", `${checkpoint} has no tokenizer`);

const lines = [
  '{"instruction": "What is your name?", "output": "I am Polly."}',
  '{"instruction": "Where do you live?", "output": "In a box."}',
];
const sequences = [];
for await (const event of readExamples(lines)) {
  if (event.type === "example") sequences.push(encodeExample(event.example, { tokenizer, template }));
}

const runtime = await openRuntime();
const trainer = await createTrainer({ runtime, graphs: writeTraining(config), weights, rows: 2, tokens: 64 });
const data = shuffledSequences(sequences, { seed: 1 });
for await (const event of trainer.train({ data, steps: 100, learningRate: { peak: 0.01, warmupSteps: 5 } })) {
  if (event.type === "step" && event.step % 20 === 0) console.log(`step ${event.step}: loss ${event.loss.toFixed(3)}`);
}
await saveCheckpoint(checkpoint, output, trainer.weights());
await trainer.close();
await runtime.close();
await close();
