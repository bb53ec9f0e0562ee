/** Functions of several lines; holes are in guillemets, and may be nested. */
interface BlockFamily {
  readonly names: readonly string[];
  readonly source: string;
  readonly test: string;
  /** What it does, for the comment above it. */
  readonly does: string;
}

/** Families between blank lines. The first line of each: names ~ what it does ~ an expression that tests it. */
export const blockFamilies: readonly BlockFamily[] = `
total sumOf sumAll ~ The sum of a list. ~ {f}([1, 2, 3]) === 6 && {f}([]) === 0
function {f}({l}: number[]): number {
  let sum = «0»;
  «for (const {o} of {l}) «sum += {o};»»
  «return sum;»
}

productOf multiplyAll ~ The product of a list. ~ {f}([2, 3, 4]) === 24 && {f}([]) === 1
function {f}({l}: number[]): number {
  let product = «1»;
  for (const {o} of {l}) «product *= {o};»
  «return product;»
}

countEven howManyEven ~ How many numbers are even. ~ {f}([1, 2, 4]) === 2 && {f}([]) === 0
function {f}({l}: number[]): number {
  let count = «0»;
  for (const {o} of {l}) {
    if («{o} % 2 === 0») «count += 1;»
  }
  return «count»;
}

countOdd howManyOdd ~ How many numbers are odd. ~ {f}([1, 2, 5]) === 2 && {f}([]) === 0
function {f}({l}: number[]): number {
  let count = 0;
  for (const {o} of {l}) {
    if («{o} % 2 !== 0») «count += 1;»
  }
  «return count;»
}

countAbove countLarger ~ How many numbers are larger than a limit. ~ {f}([1, 5, 9], 4) === 2
function {f}({l}: number[], limit: number): number {
  let count = 0;
  for (const {o} of {l}) {
    if («{o} > limit») «count += 1;»
  }
  return «count»;
}

largestOf maxOf ~ The largest number of a list. ~ {f}([3, 9, 2]) === 9 && {f}([-5, -2]) === -2
function {f}({l}: number[]): number {
  let largest = -Infinity;
  for (const {o} of {l}) {
    if («{o} > largest») «largest = {o};»
  }
  «return largest;»
}

smallestOf minOf ~ The smallest number of a list. ~ {f}([3, 9, 2]) === 2
function {f}({l}: number[]): number {
  let smallest = Infinity;
  for (const {o} of {l}) {
    if («{o} < smallest») «smallest = {o};»
  }
  «return smallest;»
}

max larger largest ~ The larger of two numbers. ~ {f}(3, 2) === 3 && {f}(2, 5) === 5
function {f}({a}: number, {b}: number): number {
  if («{a} > {b}») «return {a};»
  «return {b};»
}

min smaller smallest ~ The smaller of two numbers. ~ {f}(3, 2) === 2 && {f}(2, 5) === 2
function {f}({a}: number, {b}: number): number {
  if («{a} < {b}») «return {a};»
  «return {b};»
}

absolute abs ~ A number without its sign. ~ {f}(3) === 3 && {f}(-2) === 2
function {f}({a}: number): number {
  if («{a} < 0») «return -{a};»
  «return {a};»
}

sign signOf ~ The sign of a number. ~ {f}(3) === 1 && {f}(-2) === -1 && {f}(0) === 0
function {f}({a}: number): number {
  if («{a} > 0») «return 1;»
  if («{a} < 0») «return -1;»
  «return 0;»
}

clamp limit ~ A number between two bounds. ~ {f}(5, 1, 3) === 3 && {f}(0, 1, 3) === 1 && {f}(2, 1, 3) === 2
function {f}({a}: number, low: number, high: number): number {
  if («{a} < low») «return low;»
  if («{a} > high») «return high;»
  «return {a};»
}

factorial ~ The product of all numbers up to n. ~ {f}(4) === 24 && {f}(0) === 1
function {f}(n: number): number {
  if («n <= 1») «return 1;»
  «return n * {f}(n - 1);»
}

factorial ~ The product of all numbers up to n. ~ {f}(4) === 24 && {f}(0) === 1
function {f}(n: number): number {
  let product = 1;
  for (let i = 2; «i <= n»; «i++») «product *= i;»
  «return product;»
}

fibonacci fib ~ The n-th number of Fibonacci. ~ {f}(0) === 0 && {f}(1) === 1 && {f}(7) === 13
function {f}(n: number): number {
  if («n < 2») «return n;»
  «return {f}(n - 1) + {f}(n - 2);»
}

sumTo sumUpTo ~ The sum of all numbers up to n. ~ {f}(4) === 10 && {f}(1) === 1
function {f}(n: number): number {
  let sum = 0;
  for (let i = 1; «i <= n»; «i++») «sum += i;»
  «return sum;»
}

power raise ~ A number to a power. ~ {f}(2, 5) === 32 && {f}(3, 0) === 1
function {f}({a}: number, exponent: number): number {
  let result = «1»;
  for (let i = 0; «i < exponent»; i++) «result *= {a};»
  «return result;»
}

isPrime prime ~ Whether a number is prime. ~ {f}(7) && false === {f}(9) && false === {f}(1) && {f}(2)
function {f}(n: number): boolean {
  if («n < 2») «return false;»
  for (let i = 2; i * i <= n; i++) {
    if («n % i === 0») «return false;»
  }
  «return true;»
}

isPalindrome palindrome ~ Whether a text is the same from both ends. ~ {f}("anna") && false === {f}("abc")
function {f}({s}: string): boolean {
  const reversed = «{s}.split("").reverse().join("")»;
  «return {s} === reversed;»
}

capitalize capitalized ~ A text with a capital at its begin. ~ {f}("ada") === "Ada"
function {f}({s}: string): string {
  const first = «{s}.charAt(0).toUpperCase()»;
  «return first + {s}.slice(1);»
}

average mean ~ The mean of a list. ~ {f}([1, 2, 3]) === 2 && {f}([]) === 0
function {f}({l}: number[]): number {
  if («{l}.length === 0») «return 0;»
  let sum = 0;
  for (const {o} of {l}) «sum += {o};»
  «return sum / {l}.length;»
}

contains includes has ~ Whether a number is in a list. ~ {f}([1, 2], 2) && false === {f}([1], 3)
function {f}({l}: number[], wanted: number): boolean {
  for (const {o} of {l}) {
    if («{o} === wanted») «return true;»
  }
  «return false;»
}

indexOf findIndex position ~ The place of a number in a list, or -1. ~ {f}([4, 5], 5) === 1 && {f}([4], 9) === -1
function {f}({l}: number[], wanted: number): number {
  for (let i = 0; «i < {l}.length»; i++) {
    if («{l}[i] === wanted») «return i;»
  }
  «return -1;»
}

doubleAll doubled ~ Each number twice. ~ {f}([1, 2]).join() === "2,4"
function {f}({l}: number[]): number[] {
  const result: number[] = [];
  for (const {o} of {l}) «result.push({o} * 2);»
  «return result;»
}

onlyEven evens ~ The even numbers of a list. ~ {f}([1, 2, 4]).join() === "2,4"
function {f}({l}: number[]): number[] {
  const result: number[] = [];
  for (const {o} of {l}) {
    if («{o} % 2 === 0») «result.push({o});»
  }
  «return result;»
}

reverseList reversed ~ A list from its end to its begin. ~ {f}([1, 2, 3]).join() === "3,2,1"
function {f}({l}: number[]): number[] {
  const result: number[] = [];
  for (const {o} of {l}) «result.unshift({o});»
  «return result;»
}

range numbersTo ~ The numbers from 0 to n, without n. ~ {f}(3).join() === "0,1,2" && {f}(0).length === 0
function {f}(n: number): number[] {
  const result: number[] = [];
  for (let i = 0; «i < n»; i++) «result.push(i);»
  «return result;»
}

countLetter countChar ~ How often a letter is in a text. ~ {f}("anna", "n") === 2
function {f}({s}: string, letter: string): number {
  let count = 0;
  for (const char of {s}) {
    if («char === letter») «count += 1;»
  }
  «return count;»
}

fizzBuzz ~ Fizz, buzz, both, or the number. ~ {f}(15) === "fizzbuzz" && {f}(9) === "fizz" && {f}(10) === "buzz" && {f}(7) === "7"
function {f}(n: number): string {
  if («n % 15 === 0») return "fizzbuzz";
  if («n % 3 === 0») return "fizz";
  if («n % 5 === 0») return "buzz";
  «return String(n);»
}

isLeapYear leapYear ~ Whether a year has 366 days. ~ {f}(2024) && false === {f}(1900) && {f}(2000) && false === {f}(2023)
function {f}(year: number): boolean {
  if («year % 400 === 0») «return true;»
  if («year % 100 === 0») «return false;»
  «return year % 4 === 0;»
}

greet greeting ~ A greeting, also for nobody. ~ {f}("Ada") === "Hello, Ada!" && {f}("") === "Hello!"
function {f}({s}: string): string {
  if («{s}.length === 0») return "Hello!";
  «return "Hello, " + {s} + "!";»
}

isEmpty hasNone ~ Whether a list is empty. ~ {f}([]) && false === {f}([1])
function {f}({l}: number[]): boolean {
  if («{l}.length === 0») «return true;»
  «return false;»
}

safeDivide divideOrZero ~ A division that gives 0 where it cannot be done. ~ {f}(6, 2) === 3 && {f}(6, 0) === 0
function {f}({a}: number, {b}: number): number {
  if («{b} === 0») «return 0;»
  «return {a} / {b};»
}

swap swapped ~ A pair the other way round. ~ {f}([1, 2]).join() === "2,1"
function {f}(pair: [number, number]): [number, number] {
  const [first, second] = «pair»;
  «return [second, first];»
}

counter createCounter ~ Counts its calls. ~ (() => { const next = {f}(); return next() === 1 && next() === 2; })()
function {f}(): () => number {
  let count = «0»;
  return () => {
    «count += 1;»
    «return count;»
  };
}
`
  .trim()
  .split("\n\n")
  .map((block) => {
    const [head = "", ...lines] = block.split("\n");
    const [names = "", does = "", test = ""] = head.split(" ~ ");
    return { names: names.split(" "), does, test, source: `${lines.join("\n")}\n` };
  });
