import { type AnswerInput, END, isControlSign, isSpace, type Sign } from "./answer-input.ts";

/** Settles the next sign as text, and all that follows it and has arrived and can begin nothing else. A control token gives "". */
export function takeText(input: AnswerInput, canBegin: (sign: Sign) => boolean): string {
  if (isControlSign(input.at(0) ?? END)) {
    input.take(1);
    return "";
  }
  let count = 1;
  for (;;) {
    const sign = input.at(count) ?? END;
    if (sign === END || isControlSign(sign) || isSpace(sign) || canBegin(sign)) return input.take(count);
    count++;
  }
}
