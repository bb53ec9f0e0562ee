import type { Named } from "../driver.ts";
import type { NativeContext } from "./native-context.ts";
import type { NativeBacking } from "./native-tensor.ts";
import type { Pointer } from "./ort-api.ts";

const WORD_BYTES = 8;

/** A run's arguments in native memory: the addresses of input names, inputs, output names, outputs. */
export class ArgumentBlock {
  readonly #context: NativeContext;
  readonly #pointer: Pointer;
  readonly #words: BigUint64Array;
  #inputs = 0;
  #outputs = 0;

  /** With room for so many inputs and outputs together. */
  constructor(context: NativeContext, values: number) {
    const { koffi } = context.library;
    this.#context = context;
    this.#pointer = koffi.alloc("uint64_t", 2 * values);
    this.#words = new BigUint64Array(koffi.view(this.#pointer, 2 * values * WORD_BYTES));
  }

  /** Writes a run's arguments. `names` says where each name lies. */
  fill(
    names: ReadonlyMap<string, Pointer>,
    feeds: readonly Named<NativeBacking>[],
    fetches: readonly Named<NativeBacking | null>[],
  ): void {
    this.#inputs = feeds.length;
    this.#outputs = fetches.length;
    let at = 0;
    for (const [name] of feeds) this.#words[at++] = names.get(name)!;
    for (const [, backing] of feeds) this.#words[at++] = backing.value;
    for (const [name] of fetches) this.#words[at++] = names.get(name)!;
    for (const [, backing] of fetches) this.#words[at++] = backing?.value ?? 0n; // null: ONNX Runtime allocates
  }

  /** Runs once, on a worker thread; gives the status, which is the caller's. */
  run(session: Pointer, options: Pointer): Promise<Pointer | null> {
    const { api } = this.#context.library;
    const [inputs, outputs] = [this.#inputs, this.#outputs];
    const outputNames = this.#at(2 * inputs);
    const outputValues = this.#at(2 * inputs + outputs);
    return new Promise((resolve, reject) => {
      const done = (error: unknown, status: Pointer | null): void => (error ? reject(error) : resolve(status));
      api.Run.async(
        session,
        options,
        this.#pointer,
        this.#at(inputs),
        inputs,
        outputNames,
        outputs,
        outputValues,
        done,
      );
    });
  }

  /** The output at `index` of the fetches, as the run left it. */
  output(index: number): Pointer {
    return this.#words[2 * this.#inputs + this.#outputs + index]!; // within the words that `fill` wrote
  }

  free(): void {
    this.#context.library.koffi.free(this.#pointer);
  }

  #at(index: number): Pointer {
    return this.#pointer + BigInt(index * WORD_BYTES);
  }
}
