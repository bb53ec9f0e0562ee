import type { ByteSink, TensorType } from "@palaver/core";
import type { ExternalData, OnnxNode, OnnxTensor } from "@palaver/formats";
import { type Attributes, graphNode } from "./graph-node.ts";

/** Smaller tensors lie inside the model file, where a reader of the graph sees them. */
const EXTERNAL_MIN_BYTES = 1024;

/** A page: onnx.proto recommends that external data begins on one, so that it can be mapped. */
const EXTERNAL_ALIGNMENT = 4096;

/** One part of a tensor's bytes after the other. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Collects a graph's nodes and constants; the bytes of large constants go to the sink as they come. */
export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #sink: ByteSink;
  readonly #location: string;
  #offset = 0;

  /** `location` is the file name under which the graph finds what the sink takes. */
  constructor(sink: ByteSink, location: string) {
    this.#sink = sink;
    this.#location = location;
  }

  /** Adds an operation named after its first output; operators of ONNX Runtime begin with `microsoft:`. */
  node(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes = {}): void {
    this.nodes.push(graphNode(op, inputs, outputs, attributes));
  }

  /** Adds a constant of which the bytes come in chunks. */
  async tensor(name: string, type: TensorType, shape: readonly number[], chunks: Chunks): Promise<void> {
    this.constant(name, type, shape, await this.data(elementBytes(type, shape), chunks));
  }

  /** Takes `length` bytes for constants to hold; constants may share them. */
  async data(length: number, chunks: Chunks): Promise<OnnxTensor["data"]> {
    return length < EXTERNAL_MIN_BYTES ? await gather(chunks) : await this.#stream(chunks);
  }

  /** Adds a constant. */
  constant(name: string, type: TensorType, shape: readonly number[], data: OnnxTensor["data"]): void {
    this.initializers.push({ name, type, shape, data });
  }

  /** Adds a constant of float32 numbers. */
  async floats(name: string, shape: readonly number[], values: Float32Array): Promise<void> {
    await this.tensor(name, "float32", shape, [bytesView(values)]);
  }

  /** Adds one float32 number. */
  number(name: string, value: number): void {
    this.constant(name, "float32", [], bytesView(Float32Array.of(value)));
  }

  /** Adds a list of int64 numbers. */
  integers(name: string, values: readonly number[]): void {
    this.constant(name, "int64", [values.length], bytesView(BigInt64Array.from(values, BigInt)));
  }

  async #stream(chunks: Chunks): Promise<ExternalData> {
    const padding = -this.#offset & (EXTERNAL_ALIGNMENT - 1);
    if (padding > 0) await this.#sink.write(new Uint8Array(padding));
    const offset = this.#offset + padding;
    let length = 0;
    for await (const chunk of chunks) {
      await this.#sink.write(chunk);
      length += chunk.byteLength;
    }
    this.#offset = offset + length;
    return { location: this.#location, offset, length };
  }
}

/** The bytes of numbers, as a view. Graphs hold little-endian numbers, as does every machine that runs ONNX Runtime. */
export function bytesView(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

// --- internal ---

function elementBytes(type: TensorType, shape: readonly number[]): number {
  const size = type === "uint8" || type === "int8" ? 1 : type === "int64" ? 8 : 4;
  return shape.reduce((product, length) => product * length, size);
}

async function gather(chunks: Chunks): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
