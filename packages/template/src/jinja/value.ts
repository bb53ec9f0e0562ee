/** What an expression of a template evaluates to. Scalars carry an origin, so that a printed number of a message stays the message's. */
import { type Origin, templateOrigin } from "./origin.ts";
import type { Text } from "./text.ts";

export interface UndefinedValue {
  readonly kind: "undefined";
  /** Why it is undefined; the message of the error where it is used. */
  readonly reason: string;
}

export interface NoneValue {
  readonly kind: "none";
  readonly origin: Origin;
}

export interface BooleanValue {
  readonly kind: "boolean";
  readonly value: boolean;
  readonly origin: Origin;
}

export interface NumberValue {
  readonly kind: "integer" | "float";
  readonly value: number;
  /** The digits of an integer beyond 2^53, which `value` only comes near: it prints exactly and counts no further. */
  readonly digits?: string;
  readonly origin: Origin;
}

export interface ListValue {
  readonly kind: "list";
  /** A generator is true although empty, and gives its items once. */
  readonly form: "list" | "tuple" | "generator";
  readonly items: readonly Value[];
  /** Set once a generator has given its items. */
  spent?: boolean;
}

/** Keys as Python hashes them: 1, 1.0 and True are one key. */
export type DictKey = string | number | null;

export interface DictValue {
  readonly kind: "dict";
  readonly entries: ReadonlyMap<DictKey, readonly [key: Value, value: Value]>;
}

/** Anything with attributes or a call: namespaces, macros, methods, `loop`. */
export interface ObjectValue {
  readonly kind: "object";
  /** How errors name it. */
  readonly typeName: string;
  readonly member?: (name: string) => Value | undefined;
  readonly assign?: (name: string, value: Value) => void;
  readonly call?: (args: Arguments) => Value;
  /** Entries that `tojson` and printing show. */
  readonly entries?: () => Iterable<readonly [string, Value]>;
}

export type Value =
  | UndefinedValue
  | NoneValue
  | BooleanValue
  | NumberValue
  | Text
  | ListValue
  | DictValue
  | ObjectValue;

/** The arguments of a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

const trueValue: BooleanValue = { kind: "boolean", value: true, origin: templateOrigin };
const falseValue: BooleanValue = { kind: "boolean", value: false, origin: templateOrigin };
export const noneValue: NoneValue = { kind: "none", origin: templateOrigin };
export const noArguments: Arguments = { positional: [], named: new Map() };

export function booleanValue(value: boolean): BooleanValue {
  return value ? trueValue : falseValue;
}

export function integerValue(value: number, origin: Origin = templateOrigin): NumberValue {
  return { kind: "integer", value, origin };
}

export function floatValue(value: number, origin: Origin = templateOrigin): NumberValue {
  return { kind: "float", value, origin };
}

export function listValue(items: readonly Value[], form: ListValue["form"] = "list"): ListValue {
  return { kind: "list", form, items };
}

export function undefinedValue(reason: string): UndefinedValue {
  return { kind: "undefined", reason };
}

/** The key under which a dict holds this value; undefined where it cannot be a key. */
export function dictKey(value: Value): DictKey | undefined {
  switch (value.kind) {
    case "text":
      return value.text;
    case "integer":
    case "float":
      return value.value;
    case "boolean":
      return value.value ? 1 : 0;
    case "none":
      return null;
    default:
      return undefined;
  }
}

/** How Python names the value's type, for errors. */
export function typeName(value: Value): string {
  switch (value.kind) {
    case "text":
      return "str";
    case "integer":
      return "int";
    case "boolean":
      return "bool";
    case "none":
      return "NoneType";
    case "list":
      return value.form;
    case "object":
      return value.typeName;
    case "undefined":
      return "Undefined";
    default:
      return value.kind;
  }
}

/** Whether `if` takes the value for true. */
export function isTrue(value: Value): boolean {
  switch (value.kind) {
    case "undefined":
    case "none":
      return false;
    case "boolean":
      return value.value;
    case "integer":
    case "float":
      return value.value !== 0;
    case "text":
      return value.length > 0;
    case "list":
      return value.form === "generator" || value.items.length > 0;
    case "dict":
      return value.entries.size > 0;
    case "object":
      return true;
  }
}
