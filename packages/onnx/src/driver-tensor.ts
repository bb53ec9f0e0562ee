import { PalaverError, type RuntimeTensor, type TensorData, type TensorType } from "@palaver/core";
import type { Backing, NewTensor } from "./driver.ts";

/**
 * A tensor with a lifetime. Closing it during a run is allowed: the memory goes when the run ends.
 * `hold`, `release` and `requireMemory` are for sessions; people see a `RuntimeTensor`.
 */
export class DriverTensor<B extends Backing> implements RuntimeTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly #backing: B;
  /** The tensors of one runtime that are open; also tells whose this is. */
  readonly #family: Set<DriverTensor<B>>;
  #runs = 0;
  #closed = false;

  constructor({ backing, type, shape }: NewTensor<B>, family: Set<DriverTensor<B>>) {
    this.type = type;
    this.shape = Object.freeze([...shape]);
    this.#backing = backing;
    this.#family = family;
    family.add(this);
  }

  get data(): TensorData {
    this.#requireOpen();
    return this.#backing.view(this.#runs > 0);
  }

  /**
   * Copies elements from `start` on into the whole of `target`, of the type's own array class: what is wanted of a large output that ONNX
   * Runtime holds, without the move of all of it that a look at `data` begins with. @throws ERR_CLOSED
   */
  copyTo(target: TensorData, start: number): void {
    this.#requireOpen();
    const backing = this.#backing;
    if (backing.copyTo !== undefined) {
      backing.copyTo(target, start);
      return;
    }
    const bytes = target.BYTES_PER_ELEMENT;
    const { buffer, byteOffset } = backing.view(this.#runs > 0);
    const source = new Uint8Array(buffer, byteOffset + start * bytes, target.byteLength);
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(source);
  }

  /** True if the tensor belongs to the runtime with this set of tensors. */
  isOf(family: ReadonlySet<unknown>): boolean {
    return this.#family === family;
  }

  /** The backing, kept alive until `release`. @throws ERR_CLOSED */
  hold(): B {
    this.#requireOpen();
    this.#runs += 1;
    return this.#backing;
  }

  release(): void {
    this.#runs -= 1;
    this.#freeIfDone();
  }

  /** For right before a run, which would write where nothing is any more. @throws ERR_INVALID_ARGUMENT */
  requireMemory(): void {
    if (!this.#backing.isLost()) return;
    const message = `the buffer of the ${this.type} tensor of (${this.shape}) was resized or detached: make another tensor`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#family.delete(this);
    this.#freeIfDone();
  }

  #requireOpen(): void {
    if (this.#closed) throw new PalaverError("ERR_CLOSED", `the ${this.type} tensor of (${this.shape}) is closed`);
  }

  #freeIfDone(): void {
    if (this.#closed && this.#runs === 0) this.#backing.free();
  }
}
