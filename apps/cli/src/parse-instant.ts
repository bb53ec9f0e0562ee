import { InvalidArgumentError } from "commander";

/** Parses an ISO 8601 date or time; without an offset it is local time, as templates show it. */
export function parseInstant(text: string): Date {
  const instant = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(instant.getTime())) {
    throw new InvalidArgumentError("It must be a date or time like 2026-01-31T12:00:00.");
  }
  return instant;
}
