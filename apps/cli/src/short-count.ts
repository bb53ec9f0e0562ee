/** A large number as people say it: `260K`, `1.2B`. */
export function shortCount(count: number): string {
  for (const [unit, size] of units) {
    if (count < size) continue;
    const value = count / size;
    return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}${unit}`;
  }
  return String(count);
}

// --- internal ---

const units = [
  ["B", 1e9],
  ["M", 1e6],
  ["K", 1e3],
] as const;
