/** Places of characters in UTF-16 text: Python counts code points where JavaScript counts units. */

/** True where units and characters are the same: no surrogates. */
export function isBasicPlane(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

/** The number of characters. */
export function countCharacters(text: string): number {
  if (isBasicPlane(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The unit index of each character, and of the end: character `i` is `[starts[i], starts[i + 1])`. */
export function characterStarts(text: string): number[] {
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

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
