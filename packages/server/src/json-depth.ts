/** True if the JSON text nests deeper than `maxDepth`; looks at brackets outside of strings and never recurses. */
export function isDeeperThan(json: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (inString) {
      if (unit === backslash) i++;
      else if (unit === quote) inString = false;
    } else if (unit === quote) inString = true;
    else if (unit === openBracket || unit === openBrace) {
      depth++;
      if (depth > maxDepth) return true;
    } else if (unit === closeBracket || unit === closeBrace) depth--;
  }
  return false;
}

// --- internal ---

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
