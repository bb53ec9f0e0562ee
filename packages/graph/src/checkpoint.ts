import { PalaverError } from "@palaver/core";
import { dequantize } from "@palaver/formats";
import { requireFinite } from "./not-finite.ts";
import { type WeightType, weightBytes } from "./weight-type.ts";
import type { Weights } from "./weights.ts";

/** How far writing has come. */
export interface WriteProgress {
  /** The tensor read last. */
  readonly tensor: string;
  /** Bytes of the checkpoint read so far, and in all. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface CheckpointOptions {
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A matrix as its checkpoint holds it: whole rows of whole blocks. */
export interface Matrix {
  readonly type: WeightType;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
}

/** Reads weights, checks them against the shape that the graph needs, and tells how far reading them has come. */
export class Checkpoint {
  readonly #weights: Weights;
  readonly #options: CheckpointOptions;
  readonly #unread: Set<string>;
  readonly #totalBytes: number;
  #doneBytes = 0;

  constructor(weights: Weights, options: CheckpointOptions) {
    this.#weights = weights;
    this.#options = options;
    this.#unread = new Set(weights.tensors.keys());
    this.#totalBytes = [...weights.tensors.values()].reduce(
      (sum, { type, shape }) => sum + (weightBytes(type, shape) ?? 0),
      0,
    );
  }

  has(name: string): boolean {
    return this.#weights.tensors.has(name);
  }

  /** Names of all tensors. */
  get names(): readonly string[] {
    return [...this.#weights.tensors.keys()];
  }

  /** A matrix's type, once its shape is as expected. @throws ERR_NOT_FOUND, ERR_FORMAT */
  type(name: string, rows: number, columns: number): WeightType {
    return this.check(name, [rows, columns]);
  }

  /** A matrix. @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_IO; `signal.reason` when aborted */
  async matrix(name: string, rows: number, columns: number): Promise<Matrix> {
    const type = this.check(name, [rows, columns]);
    return { type, rows, columns, bytes: await this.#read(name, type, [rows, columns]) };
  }

  /** A vector, widened. @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_IO; `signal.reason` when aborted */
  async vector(name: string, length: number): Promise<Float32Array> {
    const type = this.check(name, [length]);
    const values = dequantize(type, await this.#read(name, type, [length]), length);
    requireFinite(name, values);
    return values;
  }

  /** A tensor's type, once it is there and its shape is as expected. @throws ERR_NOT_FOUND, ERR_FORMAT */
  check(name: string, shape: readonly number[]): WeightType {
    const info = this.#weights.tensors.get(name);
    if (info === undefined) {
      throw new PalaverError("ERR_NOT_FOUND", `the checkpoint has no tensor ${JSON.stringify(name)}`, {
        details: { tensor: name },
      });
    }
    const wanted = `[${shape.join(", ")}]`;
    const found = `[${info.shape.join(", ")}]`;
    if (wanted !== found) {
      throw new PalaverError(
        "ERR_FORMAT",
        `tensor ${JSON.stringify(name)} has shape ${found}, its config says ${wanted}`,
        {
          details: { tensor: name },
        },
      );
    }
    if (weightBytes(info.type, shape) === undefined) {
      throw new PalaverError(
        "ERR_FORMAT",
        `tensor ${JSON.stringify(name)}: rows of ${shape.at(-1)} are no whole ${info.type} blocks`,
      );
    }
    return info.type;
  }

  async #read(name: string, type: WeightType, shape: readonly number[]): Promise<Uint8Array> {
    const { onProgress, signal } = this.#options;
    signal?.throwIfAborted();
    const bytes = await this.#weights.read(name);
    signal?.throwIfAborted();
    if (bytes.byteLength !== weightBytes(type, shape)) {
      throw new PalaverError(
        "ERR_FORMAT",
        `tensor ${JSON.stringify(name)}: ${bytes.byteLength} bytes do not hold its shape`,
      );
    }
    if (this.#unread.delete(name)) this.#doneBytes += bytes.byteLength;
    onProgress?.({ tensor: name, doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
    return bytes;
  }
}
