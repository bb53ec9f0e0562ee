/**
 * A value as JSON on one line, with every control character escaped: JSON may hold U+007F to U+009F as they are, and
 * terminals obey some of them. Parsed, it is the same value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f]/g, escaped);
}

// --- internal ---

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
