/**
 * Text of a model or a file, made safe to show on a terminal: control characters other than line ends and tabs (escape
 * sequences that move the cursor, set the title or answer back) become U+FFFD. Pipes get the text as it is.
 */
export function terminalText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "\ufffd");
}

/** The same on one line: names and messages out of files may hold line ends, and neither they nor terminal codes reach the terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
}
