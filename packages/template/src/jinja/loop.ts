import { areEqual } from "./compare.ts";
import type { Run } from "./run.ts";
import { type Arguments, booleanValue, integerValue, type ObjectValue, undefinedValue, type Value } from "./value.ts";

/** The state behind `loop` in a for block. */
export class Loop {
  readonly #items: readonly Value[];
  readonly #depth: number;
  readonly #recurse: ((items: Value, depth: number) => Value) | undefined;
  readonly #run: Run;
  #index = 0;
  #lastValues: readonly Value[] | undefined;

  /** `recurse` renders the body for other items: `loop(items)` in recursive loops. */
  constructor(
    items: readonly Value[],
    depth: number,
    { run, recurse }: { run: Run; recurse: ((items: Value, depth: number) => Value) | undefined },
  ) {
    this.#items = items;
    this.#depth = depth;
    this.#run = run;
    this.#recurse = recurse;
  }

  /** The turn that the loop is in, from 0. */
  set index(index: number) {
    this.#index = index;
  }

  /** The value of `loop`. */
  get value(): ObjectValue {
    return {
      kind: "object",
      typeName: "LoopContext",
      member: (name) => this.#member(name),
      call: (args) => this.#call(args),
    };
  }

  #member(name: string): Value | undefined {
    const length = this.#items.length;
    const index = this.#index;
    switch (name) {
      case "index":
        return integerValue(index + 1);
      case "index0":
        return integerValue(index);
      case "revindex":
        return integerValue(length - index);
      case "revindex0":
        return integerValue(length - index - 1);
      case "first":
        return booleanValue(index === 0);
      case "last":
        return booleanValue(index === length - 1);
      case "length":
        return integerValue(length);
      case "depth":
        return integerValue(this.#depth + 1);
      case "depth0":
        return integerValue(this.#depth);
      case "previtem":
        return this.#items[index - 1] ?? undefinedValue("there is no previous item");
      case "nextitem":
        return this.#items[index + 1] ?? undefinedValue("there is no next item");
      case "cycle":
        return method((args) => this.#cycle(args));
      case "changed":
        return method((args) => this.#changed(args));
      default:
        return undefined;
    }
  }

  #cycle({ positional }: Arguments): Value {
    if (positional.length === 0) this.#run.fail("loop.cycle needs at least one argument");
    return positional[this.#index % positional.length]!;
  }

  #changed({ positional }: Arguments): Value {
    const last = this.#lastValues;
    this.#lastValues = positional;
    const isSame =
      last?.length === positional.length && positional.every((value, i) => areEqual(value, last[i]!, this.#run));
    return booleanValue(!isSame);
  }

  #call(args: Arguments): Value {
    const [items] = this.#run.bind("loop", args, ["iterable"], 1);
    if (!this.#recurse) return this.#run.fail('only a loop marked "recursive" can be called');
    return this.#recurse(items!, this.#depth + 1);
  }
}

// --- internal ---

function method(call: (args: Arguments) => Value): Value {
  return { kind: "object", typeName: "method", call };
}
