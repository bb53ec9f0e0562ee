/**
 * Just enough of WebAssembly's binary format (https://webassembly.github.io/spec/core/binary/) to write the kernels as
 * expressions. An instruction follows its operands, so an expression is the bytes of its operands and then its own.
 */

/** Bytes of instructions. */
export type Code = readonly number[];
export type ValueType = "i32" | "f32" | "f64" | "v128";

/** A function of a module. Parameters come first among its locals. */
export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly result: ValueType;
  readonly body: Code;
}

/** A module that exports these functions, and imports its memory as `host.memory`. */
export function moduleBytes(functions: readonly FunctionDefinition[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...list(parameters.map(typeByte)),
    1,
    ...typeByte(result),
  ]);
  const memory = [...name("host"), ...name("memory"), 2, 0, 1];
  const exported = functions.map((definition, i) => [...name(definition.name), 0, ...unsigned(i)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(exported)),
    ...section(10, list(functions.map(functionBody))),
  ]);
}

/** The locals of a function by name, in the order of their indices. */
export function localsOf<Name extends string>(types: Readonly<Record<Name, ValueType>>): Readonly<Record<Name, Local>> {
  const entries = (Object.keys(types) as Name[]).map((key, index) => [key, local(index)] as const);
  return Object.fromEntries(entries) as unknown as Record<Name, Local>; // one entry for each key
}

export interface Local {
  readonly get: Code;
  set(value: Code): Code;
}

export const i32 = {
  constant: (n: number): Code => [0x41, ...signed(n)],
  add: binary(0x6a),
  subtract: binary(0x6b),
  shiftLeft: binary(0x74),
  shiftRight: binary(0x76),
  isLess: binary(0x49), // unsigned
  countOnes: unary(0x69),
  load: (address: Code): Code => [...address, 0x28, 2, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, 2, 0],
};

export const f32 = {
  constant: (x: number): Code => [0x43, ...new Uint8Array(Float32Array.of(x).buffer)],
  add: binary(0x92),
  max: binary(0x97),
  min: binary(0x96),
  isLess: binary(0x5d),
  load: (address: Code): Code => [...address, 0x2a, 2, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0],
};

export const f64 = {
  constant: (x: number): Code => [0x44, ...new Uint8Array(Float64Array.of(x).buffer)],
  add: binary(0xa0),
  promote: unary(0xbb),
  load: (address: Code, offset = 0): Code => [...address, 0x2b, 3, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, 3, ...unsigned(offset)],
};

/** Vectors of 128 bits, without a type. */
export const v128 = {
  load: (address: Code, offset = 0): Code => simd(0x00, address, [4, ...unsigned(offset)]),
  /** 64 bits and zeros. */
  loadHalf: (address: Code, offset = 0): Code => simd(0x5d, address, [3, ...unsigned(offset)]),
  store: (address: Code, value: Code): Code => simd(0x0b, [...address, ...value], [4, 0]),
  and: vector(0x4e),
  or: vector(0x50),
  /** Bits of `a` where the mask has ones, else of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => simd(0x52, [...a, ...b, ...mask]),
};

export const i8x16 = { swizzle: vector(0x0e) };

export const i32x4 = {
  /** The four sign bits. */
  bitmask: (a: Code): Code => simd(0xa4, a),
  isAtMost: vector(0x3d), // signed
  add: vector(0xae),
  shiftLeft: (a: Code, bits: number): Code => simd(0xab, [...a, ...i32.constant(bits)]),
  constant: (lanes: readonly number[]): Code => simd(0x0c, [], [...new Uint8Array(Int32Array.from(lanes).buffer)]),
  splat: (a: Code): Code => simd(0x11, a),
  lane: (a: Code, lane: number): Code => simd(0x1b, a, [lane]),
};

export const f32x4 = {
  splat: (a: Code): Code => simd(0x13, a),
  lane: (a: Code, lane: number): Code => simd(0x1f, a, [lane]),
  isEqual: vector(0x41),
  isNotEqual: vector(0x42),
  isAtMost: vector(0x45),
  isAtLeast: vector(0x46),
  add: vector(0xe4),
  subtract: vector(0xe5),
  multiply: vector(0xe6),
  /** `b < a ? b : a`: the first, if one is NaN. */
  least: vector(0xea),
  /** `a < b ? b : a`: the first, if one is NaN. */
  most: vector(0xeb),
};

export const f64x2 = {
  /** Of the first two lanes of an `f32x4`. */
  promote: (a: Code): Code => simd(0x5f, a),
  /** Of the last two lanes of an `f32x4`. */
  promoteLast: (a: Local): Code => simd(0x5f, simd(0x0d, [...a.get, ...a.get], [...LAST_HALF, ...LAST_HALF])),
  splat: (a: Code): Code => simd(0x14, a),
  lane: (a: Code, lane: number): Code => simd(0x21, a, [lane]),
  /** The sum of both lanes. */
  sum: (a: Code): Code => f64.add(simd(0x21, a, [0]), simd(0x21, a, [1])),
  isLess: vector(0x49),
  add: vector(0xf0),
  subtract: vector(0xf1),
  multiply: vector(0xf2),
};

/** Repeats `body` as long as `condition` holds behind it: at least once. */
export function repeatWhile(condition: Code, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
}

/** Runs `body` if the condition is 0. */
export function unless(condition: Code, ...body: readonly Code[]): Code {
  return [...condition, 0x45, 0x04, 0x40, ...body.flat(), 0x0b];
}

// --- internal ---

function local(index: number): Local {
  return { get: [0x20, ...unsigned(index)], set: (value) => [...value, 0x21, ...unsigned(index)] };
}

function unary(opcode: number): (a: Code) => Code {
  return (a) => [...a, opcode];
}

function binary(opcode: number): (a: Code, b: Code) => Code {
  return (a, b) => [...a, ...b, opcode];
}

function vector(opcode: number): (a: Code, b: Code) => Code {
  return (a, b) => simd(opcode, [...a, ...b]);
}

function simd(opcode: number, operands: Code, immediates: Code = []): Code {
  return [...operands, 0xfd, ...unsigned(opcode), ...immediates];
}

/** The bytes of a vector's second half. */
const LAST_HALF = [8, 9, 10, 11, 12, 13, 14, 15];

const TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } satisfies Record<ValueType, number>;

function typeByte(type: ValueType): Code {
  return [TYPES[type]];
}

function functionBody({ locals, body }: FunctionDefinition): Code {
  const bytes = [...list(locals.map((type) => [1, ...typeByte(type)])), ...body, 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return list(Array.from(text, (character) => [character.charCodeAt(0)]));
}

/** LEB128. */
function unsigned(n: number): Code {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)];
}

function signed(n: number): Code {
  return n >= -64 && n < 64 ? [n & 0x7f] : [(n & 0x7f) | 0x80, ...signed(n >> 7)];
}
