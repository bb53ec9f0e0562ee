/** A moment, as a calendar and a clock show it. A `Date` is one. */
export interface CalendarTime {
  getFullYear(): number;
  /** From 0. */
  getMonth(): number;
  /** The day of the month, from 1. */
  getDate(): number;
  /** The day of the week; Sunday is 0. */
  getDay(): number;
  getHours(): number;
  getMinutes(): number;
  getSeconds(): number;
  getMilliseconds(): number;
}

/** The moment in a format of C's `strftime`, in the C locale. Unknown directives stay as they are. */
export function strftime(format: string, time: CalendarTime): string {
  let result = "";
  for (let at = 0; at < format.length; at++) {
    if (format[at] !== "%") {
      result += format[at];
      continue;
    }
    const isBare = format[at + 1] === "-";
    const directive = format[at + (isBare ? 2 : 1)] ?? "";
    const value = directives[directive]?.(time);
    if (value === undefined) {
      result += "%";
      continue;
    }
    result += isBare ? value.replace(/^[0 ]+(?=.)/, "") : value;
    at += isBare ? 2 : 1;
  }
  return result;
}

// --- internal ---

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const directives: Readonly<Record<string, (time: CalendarTime) => string>> = {
  "%": () => "%",
  a: (time) => days[time.getDay()]!.slice(0, 3),
  A: (time) => days[time.getDay()]!,
  b: (time) => months[time.getMonth()]!.slice(0, 3),
  B: (time) => months[time.getMonth()]!,
  c: (time) => strftime("%a %b %e %H:%M:%S %Y", time),
  C: (time) => padded(Math.floor(time.getFullYear() / 100), 2),
  d: (time) => padded(time.getDate(), 2),
  D: (time) => strftime("%m/%d/%y", time),
  e: (time) => padded(time.getDate(), 2, " "),
  f: (time) => padded(time.getMilliseconds() * 1000, 6),
  F: (time) => strftime("%Y-%m-%d", time),
  g: (time) => padded(isoWeek(time).year % 100, 2),
  G: (time) => String(isoWeek(time).year),
  h: (time) => months[time.getMonth()]!.slice(0, 3),
  H: (time) => padded(time.getHours(), 2),
  I: (time) => padded(time.getHours() % 12 || 12, 2),
  j: (time) => padded(dayOfYear(time), 3),
  k: (time) => padded(time.getHours(), 2, " "),
  l: (time) => padded(time.getHours() % 12 || 12, 2, " "),
  m: (time) => padded(time.getMonth() + 1, 2),
  M: (time) => padded(time.getMinutes(), 2),
  n: () => "\n",
  p: (time) => (time.getHours() < 12 ? "AM" : "PM"),
  P: (time) => (time.getHours() < 12 ? "am" : "pm"),
  r: (time) => strftime("%I:%M:%S %p", time),
  R: (time) => strftime("%H:%M", time),
  S: (time) => padded(time.getSeconds(), 2),
  t: () => "\t",
  T: (time) => strftime("%H:%M:%S", time),
  u: (time) => String(time.getDay() || 7),
  U: (time) => padded(Math.floor((dayOfYear(time) + 6 - time.getDay()) / 7), 2),
  V: (time) => padded(isoWeek(time).week, 2),
  w: (time) => String(time.getDay()),
  W: (time) => padded(Math.floor((dayOfYear(time) + 6 - ((time.getDay() + 6) % 7)) / 7), 2),
  x: (time) => strftime("%m/%d/%y", time),
  X: (time) => strftime("%H:%M:%S", time),
  y: (time) => padded(time.getFullYear() % 100, 2),
  Y: (time) => String(time.getFullYear()),
  // A naive time has no zone: Python writes nothing.
  z: () => "",
  Z: () => "",
};

function padded(value: number, width: number, fill = "0"): string {
  return String(value).padStart(width, fill);
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** From 1. */
function dayOfYear(time: CalendarTime): number {
  const lengths = [31, isLeapYear(time.getFullYear()) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return lengths.slice(0, time.getMonth()).reduce((sum, length) => sum + length, time.getDate());
}

/** ISO 8601: weeks begin on Monday, and the first holds the year's first Thursday. */
function isoWeek(time: CalendarTime): { year: number; week: number } {
  const year = time.getFullYear();
  const weekday = (time.getDay() + 6) % 7;
  const week = Math.floor((dayOfYear(time) - 1 - weekday + 10) / 7);
  if (week < 1) return { year: year - 1, week: weeksIn(year - 1) };
  return week > weeksIn(year) ? { year: year + 1, week: 1 } : { year, week };
}

function weeksIn(year: number): number {
  const lastWeekday = (y: number): number => (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)) % 7;
  return lastWeekday(year) === 4 || lastWeekday(year - 1) === 3 ? 53 : 52;
}
