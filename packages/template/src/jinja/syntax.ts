/** A parsed template. `at` is the offset in the source that errors name. */
import type { Text } from "./text.ts";
import type { Value } from "./value.ts";

export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*list` */
  readonly spread?: Expression;
  /** `**dict` */
  readonly namedSpread?: Expression;
}

export interface FilterUse {
  readonly name: string;
  readonly args: CallArguments;
  readonly at: number;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression = { readonly at: number } & (
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "dict"; readonly pairs: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
  | { readonly kind: "item"; readonly object: Expression; readonly index: Expression }
  | { readonly kind: "slice"; readonly start?: Expression; readonly stop?: Expression; readonly step?: Expression }
  | { readonly kind: "call"; readonly callee: Expression; readonly args: CallArguments }
  | { readonly kind: "filter"; readonly input: Expression; readonly filter: FilterUse }
  | { readonly kind: "test"; readonly input: Expression; readonly name: string; readonly args: CallArguments }
  | { readonly kind: "not" | "negative" | "positive"; readonly operand: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "concat"; readonly parts: readonly Expression[] }
  | {
      readonly kind: "compare";
      readonly left: Expression;
      readonly rest: readonly (readonly [operator: ComparisonOperator, right: Expression])[];
    }
  | {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly whenTrue: Expression;
      readonly otherwise?: Expression;
    }
);

/** What `set`, `for` and `with` assign to. */
export type Target = { readonly at: number } & (
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly object: string; readonly name: string }
  | { readonly kind: "tuple"; readonly targets: readonly Target[] }
);

export interface Parameter {
  readonly name: string;
  readonly fallback?: Expression;
}

export interface ForStatement {
  readonly kind: "for";
  readonly at: number;
  readonly target: Target;
  readonly iterable: Expression;
  readonly condition?: Expression;
  readonly isRecursive: boolean;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** The body of a macro or of a call block. */
export interface MacroBody {
  readonly body: readonly Statement[];
  /** True where it reads `varargs`. */
  readonly takesMore: boolean;
  /** True where it reads `kwargs`. */
  readonly takesMoreNamed: boolean;
}

interface MacroStatement extends MacroBody {
  readonly kind: "macro";
  readonly at: number;
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

export type Statement =
  | ForStatement
  | MacroStatement
  | { readonly kind: "data"; readonly at: number; readonly text: Text }
  | { readonly kind: "output"; readonly at: number; readonly expression: Expression }
  | {
      readonly kind: "if";
      readonly at: number;
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: "set"; readonly at: number; readonly target: Target; readonly value: Expression }
  | {
      readonly kind: "set-block";
      readonly at: number;
      readonly target: Target;
      readonly filters: readonly FilterUse[];
      readonly body: readonly Statement[];
    }
  | (MacroBody & {
      readonly kind: "call-block";
      readonly at: number;
      readonly parameters: readonly Parameter[];
      readonly call: Expression & { readonly kind: "call" };
    })
  | {
      readonly kind: "filter-block";
      readonly at: number;
      readonly filters: readonly FilterUse[];
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "with";
      readonly at: number;
      readonly bindings: readonly (readonly [target: Target, value: Expression])[];
      readonly body: readonly Statement[];
    }
  | { readonly kind: "generation"; readonly at: number; readonly body: readonly Statement[] }
  | { readonly kind: "break" | "continue"; readonly at: number };
