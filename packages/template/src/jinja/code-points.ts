/** Places of characters in UTF-16 text: Python counts code points where JavaScript counts units. */

/** What counting takes its steps from. */
export interface StepBudget {
  step(count?: number): void;
}

/** The number of characters. */
export function countCharacters(text: string, budget: StepBudget): number {
  if (isBasicPlane(text, budget)) return text.length;
  budget.step(Math.ceil(text.length / 8));
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    // A high surrogate makes one character with the low one behind it.
    if ((text.charCodeAt(index) & 0xfc00) !== 0xdc00 || (text.charCodeAt(index - 1) & 0xfc00) !== 0xd800) continue;
    pairs++;
    index++;
  }
  return text.length - pairs;
}

/**
 * The unit index of each character, and of the end: character `i` is `[starts[i], starts[i + 1])`. Undefined where
 * units and characters are the same.
 */
export function characterStarts(text: string, budget: StepBudget): number[] | undefined {
  if (isBasicPlane(text, budget)) return undefined;
  budget.step(Math.ceil(text.length / 4));
  const starts: number[] = [];
  let at = 0;
  for (const character of text) {
    starts.push(at);
    at += character.length;
  }
  starts.push(at);
  return starts;
}

/** Order by code points, as Python compares strings: negative, zero or positive. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const bothSurrogates = isSurrogate(left) && isSurrogate(right);
    if (bothSurrogates || (!isSurrogate(left) && !isSurrogate(right))) return left - right;
    // A surrogate stands for a character beyond every other unit.
    return isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

// --- internal ---

function isBasicPlane(text: string, budget: StepBudget): boolean {
  budget.step(Math.ceil(text.length / 32));
  return !/[\ud800-\udfff]/.test(text);
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
