/** Numbers in a given form: `%5.2f`, `{:>8,}`. The mini-language that `%` and `str.format` share in Python. */

import { exponentialText, fixedText } from "./fixed-text.ts";

/** How a number or a string is to be written. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: "<" | ">" | "^" | "=" | "";
  readonly sign: "+" | "-" | " ";
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: "," | "_" | "";
  readonly precision: number | undefined;
  /** The presentation: `d`, `f`, `s` and the like; empty for the default. */
  readonly type: string;
}

export const plainSpec: FormatSpec = {
  fill: " ",
  align: "",
  sign: "-",
  alternate: false,
  width: 0,
  grouping: "",
  precision: undefined,
  type: "",
};

/** Digits after the point that JavaScript can write; Python has no such limit, and no template needs more. */
const maxPrecision = 100;

/** The digits of a number, with its sign in front. Gives undefined for a presentation that numbers do not have. */
export function formatNumber(value: number, spec: FormatSpec): { sign: string; digits: string } | undefined {
  const digits = unsignedDigits(Math.abs(value), spec);
  if (digits === undefined) return undefined;
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? "-" : spec.sign === "-" ? "" : spec.sign;
  return { sign, digits: spec.grouping === "" ? digits : grouped(digits, spec.grouping) };
}

// --- internal ---

function unsignedDigits(value: number, { type, precision = 6, alternate }: FormatSpec): string | undefined {
  if (precision > maxPrecision) return undefined;
  const isInteger = Number.isInteger(value);
  switch (type) {
    case "d":
    case "i":
    case "u":
      return isInteger ? String(value) : undefined;
    case "x":
      return isInteger ? (alternate ? "0x" : "") + value.toString(16) : undefined;
    case "X":
      return isInteger ? (alternate ? "0X" : "") + value.toString(16).toUpperCase() : undefined;
    case "o":
      return isInteger ? (alternate ? "0o" : "") + value.toString(8) : undefined;
    case "b":
      return isInteger ? (alternate ? "0b" : "") + value.toString(2) : undefined;
    case "f":
    case "F":
      return Number.isFinite(value) ? fixedText(value, precision) : nonFinite(value);
    case "e":
    case "E": {
      const text = Number.isFinite(value) ? exponential(value, precision) : nonFinite(value);
      return type === "E" ? text.toUpperCase() : text;
    }
    case "g":
    case "G": {
      const text = Number.isFinite(value) ? general(value, Math.max(precision, 1)) : nonFinite(value);
      return type === "G" ? text.toUpperCase() : text;
    }
    case "%":
      return `${fixedText(value * 100, precision)}%`;
    default:
      return undefined;
  }
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : "inf";
}

function exponential(value: number, precision: number): string {
  const [digits, exponent] = exponentialText(value, precision).split("e") as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function general(value: number, precision: number): string {
  const exponent = value === 0 ? 0 : Number(exponentialText(value, precision - 1).split("e")[1]);
  const text =
    exponent < -4 || exponent >= precision
      ? exponential(value, precision - 1)
      : fixedText(value, Math.max(0, precision - 1 - exponent));
  const [digits, power] = text.split("e") as [string, string | undefined];
  const trimmed = digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;
  return power === undefined ? trimmed : `${trimmed}e${power}`;
}

function grouped(digits: string, separator: string): string {
  const whole = /^[0-9]+/.exec(digits)?.[0] ?? "";
  return whole.replace(/\B(?=(?:[0-9]{3})+$)/g, separator) + digits.slice(whole.length);
}
