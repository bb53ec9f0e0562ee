/** A piece of a template's source. */
export interface Token {
  readonly type:
    | "data"
    | "output-start"
    | "output-end"
    | "block-start"
    | "block-end"
    | "name"
    | "string"
    | "integer"
    | "float"
    | "operator"
    | "end";
  /** Data and strings: their text. Names, numbers and operators: their spelling. */
  readonly value: string;
  /** Offset in the source. */
  readonly at: number;
}
