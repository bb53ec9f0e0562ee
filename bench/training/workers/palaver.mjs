// One side: reads a line with a command, answers with a line of JSON. Started with a folder that `training-files.mjs` filled.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { trainingValues, writeTraining } from "../../../packages/graph/dist/index.js";
import { openRuntime } from "../../../packages/onnx/dist/index.js";
import { readTensors, writeTensors } from "../training-files.mjs";

const folder = process.argv[2];
const { rows, tokens, labels, ...config } = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
const runtime = await openRuntime({ device: "cpu", driver: "native", threads: 1 });
const graphs = writeTraining(config);
const gradientSession = await runtime.load(graphs.gradient({ rows, tokens, labels }));
const updateSession = await runtime.load(graphs.update());

const tensors = {};
const trained = new Set(graphs.parameters.map(({ name }) => name));
for (const { name, type, shape, values } of readTensors(join(folder, "tensors"))) {
  tensors[trained.has(name) ? trainingValues.weight(name) : name] = runtime.tensor(type, shape, values);
}
for (const { name, shape } of graphs.parameters) {
  for (const kind of ["gradient", "moment", "variance"]) {
    tensors[trainingValues[kind](name)] = runtime.tensor("float32", shape);
  }
}
for (const name of ["learningRate", "momentCorrection", "varianceCorrection", "loss", "gradientNorm"]) {
  tensors[trainingValues[name]] = runtime.tensor("float32", []);
}
tensors[trainingValues.learningRate].data[0] = 1e-3;

const feeds = (session) => Object.fromEntries(session.inputs.map(({ name }) => [name, tensors[name]]));
// An output NAME_out.X is the tensor of the input NAME.X.
const fetches = (session) =>
  Object.fromEntries(session.outputs.map(({ name }) => [name, tensors[name.replace(/^(\w+)_out\./, "$1.")]]));
const run = (session) => session.run(feeds(session), fetches(session));

let step = 0;
const commands = {
  about: () => `ONNX Runtime ${runtime.version}, ${runtime.driver} driver`,
  gradients: async () => {
    await run(gradientSession);
    const found = graphs.parameters.map(({ name, shape }) => {
      const { data } = tensors[trainingValues.gradient(name)];
      return { name, shape, type: "float32", values: data.slice() };
    });
    writeTensors(join(folder, "palaver"), found);
    for (const { name } of graphs.parameters) tensors[trainingValues.gradient(name)].data.fill(0);
    return tensors[trainingValues.loss].data[0];
  },
  step: async () => {
    step++;
    tensors[trainingValues.momentCorrection].data[0] = 1 / (1 - 0.9 ** step);
    tensors[trainingValues.varianceCorrection].data[0] = 1 / (1 - 0.95 ** step);
    const started = times();
    await run(gradientSession);
    const between = times();
    await run(updateSession);
    const ended = times();
    return {
      loss: tensors[trainingValues.loss].data[0],
      gradient: { wall: between.wall - started.wall, cpu: between.cpu - started.cpu },
      update: { wall: ended.wall - between.wall, cpu: ended.cpu - between.cpu },
    };
  },
  peak: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024,
};

function times() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await commands[line]()));
}
await runtime.close();
