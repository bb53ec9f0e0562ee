/**
 * Functions of one expression. Names in braces: `f` the function, `a` `b` `c` numbers, `s` `t` texts, `l` a list, `o` an
 * item of it, `p` `q` truths, `k` a constant. The test is an expression that is true where the function is right.
 */
interface ExpressionFamily {
  readonly names: readonly string[];
  readonly sign: string;
  readonly result: string;
  readonly expression: string;
  readonly test: string;
  /** What it does, for the comment above it. */
  readonly does: string;
}

/** One family a line: names ~ parameters ~ result ~ expression ~ test ~ what it does. */
export const expressionFamilies: readonly ExpressionFamily[] = `
add sum plus addNumbers ~ {a}: number, {b}: number ~ number ~ {a} + {b} ~ {f}(2, 3) === 5 && {f}(-1, 8) === 7 ~ The sum of two numbers.
subtract minus difference takeAway ~ {a}: number, {b}: number ~ number ~ {a} - {b} ~ {f}(9, 3) === 6 && {f}(1, 4) === -3 ~ The first number less the second.
multiply times product ~ {a}: number, {b}: number ~ number ~ {a} * {b} ~ {f}(4, 3) === 12 && {f}(-1, 8) === -8 ~ The product of two numbers.
divide quotient ratio ~ {a}: number, {b}: number ~ number ~ {a} / {b} ~ {f}(8, 2) === 4 && {f}(1, 4) === 0.25 ~ The first number divided by the second.
remainder modulo rest ~ {a}: number, {b}: number ~ number ~ {a} % {b} ~ {f}(8, 3) === 2 && {f}(9, 3) === 0 ~ What is left after a division.
square squared ~ {a}: number ~ number ~ {a} * {a} ~ {f}(5) === 25 && {f}(-2) === 4 ~ A number times itself.
cube cubed ~ {a}: number ~ number ~ {a} * {a} * {a} ~ {f}(3) === 27 && {f}(-2) === -8 ~ A number to the third power.
double twice doubled ~ {a}: number ~ number ~ {a} * 2 ~ {f}(5) === 10 && {f}(0) === 0 ~ Twice a number.
half halve halfOf ~ {a}: number ~ number ~ {a} / 2 ~ {f}(5) === 2.5 && {f}(0) === 0 ~ Half of a number.
negate negative opposite ~ {a}: number ~ number ~ -{a} ~ {f}(5) === -5 && {f}(-3) === 3 ~ The number with the other sign.
increment next plusOne ~ {a}: number ~ number ~ {a} + 1 ~ {f}(5) === 6 && {f}(-1) === 0 ~ One more than a number.
decrement previous minusOne ~ {a}: number ~ number ~ {a} - 1 ~ {f}(5) === 4 && {f}(0) === -1 ~ One less than a number.
add{k} plus{k} ~ {a}: number ~ number ~ {a} + {k} ~ {f}(5) === 5 + {k} && {f}(0) === {k} ~ Adds {k} to a number.
subtract{k} minus{k} ~ {a}: number ~ number ~ {a} - {k} ~ {f}(50) === 50 - {k} && {f}(0) === -{k} ~ Takes {k} from a number.
times{k} multiplyBy{k} ~ {a}: number ~ number ~ {a} * {k} ~ {f}(5) === 5 * {k} && {f}(0) === 0 ~ A number times {k}.
divideBy{k} over{k} ~ {a}: number ~ number ~ {a} / {k} ~ {f}({k}) === 1 && {f}(0) === 0 ~ A number divided by {k}.
isEven even ~ {a}: number ~ boolean ~ {a} % 2 === 0 ~ {f}(4) && false === {f}(3) ~ Whether a number is even.
isOdd odd ~ {a}: number ~ boolean ~ {a} % 2 !== 0 ~ {f}(3) && false === {f}(4) ~ Whether a number is odd.
isPositive positive ~ {a}: number ~ boolean ~ {a} > 0 ~ {f}(3) && false === {f}(0) && false === {f}(-1) ~ Whether a number is larger than zero.
isNegative ~ {a}: number ~ boolean ~ {a} < 0 ~ {f}(-3) && false === {f}(0) && false === {f}(1) ~ Whether a number is smaller than zero.
isZero zero ~ {a}: number ~ boolean ~ {a} === 0 ~ {f}(0) && false === {f}(1) ~ Whether a number is zero.
isMultipleOf{k} divisibleBy{k} ~ {a}: number ~ boolean ~ {a} % {k} === 0 ~ {f}({k}) && {f}(2 * {k}) && false === {f}({k} + 1) ~ Whether {k} divides a number.
isLargerThan{k} above{k} ~ {a}: number ~ boolean ~ {a} > {k} ~ {f}({k} + 1) && false === {f}({k}) ~ Whether a number is larger than {k}.
isSmallerThan{k} below{k} ~ {a}: number ~ boolean ~ {a} < {k} ~ {f}({k} - 1) && false === {f}({k}) ~ Whether a number is smaller than {k}.
isEqual equals same ~ {a}: number, {b}: number ~ boolean ~ {a} === {b} ~ {f}(2, 2) && false === {f}(2, 3) ~ Whether two numbers are equal.
isDifferent differ ~ {a}: number, {b}: number ~ boolean ~ {a} !== {b} ~ {f}(2, 3) && false === {f}(2, 2) ~ Whether two numbers differ.
isLarger larger isGreater ~ {a}: number, {b}: number ~ boolean ~ {a} > {b} ~ {f}(3, 2) && false === {f}(2, 2) ~ Whether the first number is larger.
isSmaller smaller isLess ~ {a}: number, {b}: number ~ boolean ~ {a} < {b} ~ {f}(1, 2) && false === {f}(2, 2) ~ Whether the first number is smaller.
max largest maximum ~ {a}: number, {b}: number ~ number ~ {a} > {b} ? {a} : {b} ~ {f}(3, 2) === 3 && {f}(2, 5) === 5 ~ The larger of two numbers.
min smallest minimum ~ {a}: number, {b}: number ~ number ~ {a} < {b} ? {a} : {b} ~ {f}(3, 2) === 2 && {f}(2, 5) === 2 ~ The smaller of two numbers.
absolute abs ~ {a}: number ~ number ~ {a} < 0 ? -{a} : {a} ~ {f}(3) === 3 && {f}(-2) === 2 ~ A number without its sign.
average mean ~ {a}: number, {b}: number ~ number ~ ({a} + {b}) / 2 ~ {f}(3, 5) === 4 && {f}(1, 2) === 1.5 ~ The middle of two numbers.
sumOfThree addThree ~ {a}: number, {b}: number, {c}: number ~ number ~ {a} + {b} + {c} ~ {f}(1, 2, 3) === 6 && {f}(0, 4, 9) === 13 ~ The sum of three numbers.
area rectangleArea ~ {a}: number, {b}: number ~ number ~ {a} * {b} ~ {f}(4, 3) === 12 && {f}(2, 8) === 16 ~ The area of a rectangle.
perimeter rectanglePerimeter ~ {a}: number, {b}: number ~ number ~ 2 * ({a} + {b}) ~ {f}(4, 3) === 14 && {f}(2, 8) === 20 ~ The length around a rectangle.
isBetween between inRange ~ {a}: number, {b}: number, {c}: number ~ boolean ~ {a} >= {b} && {a} <= {c} ~ {f}(2, 1, 3) && {f}(1, 1, 3) && false === {f}(4, 1, 3) && false === {f}(0, 1, 3) ~ Whether the first number is between the others.
minutesToSeconds toSeconds ~ {a}: number ~ number ~ {a} * 60 ~ {f}(2) === 120 ~ Minutes as seconds.
hoursToMinutes toMinutes ~ {a}: number ~ number ~ {a} * 60 ~ {f}(3) === 180 ~ Hours as minutes.
daysToHours toHours ~ {a}: number ~ number ~ {a} * 24 ~ {f}(2) === 48 ~ Days as hours.
weeksToDays toDays ~ {a}: number ~ number ~ {a} * 7 ~ {f}(2) === 14 ~ Weeks as days.
yearsToMonths toMonths ~ {a}: number ~ number ~ {a} * 12 ~ {f}(2) === 24 ~ Years as months.
metersToCentimeters toCentimeters ~ {a}: number ~ number ~ {a} * 100 ~ {f}(2) === 200 ~ Meters as centimeters.
kilometersToMeters toMeters ~ {a}: number ~ number ~ {a} * 1000 ~ {f}(2) === 2000 ~ Kilometers as meters.
upper toUpper shout ~ {s}: string ~ string ~ {s}.toUpperCase() ~ {f}("abc") === "ABC" ~ A text in upper case.
lower toLower whisper ~ {s}: string ~ string ~ {s}.toLowerCase() ~ {f}("ABC") === "abc" ~ A text in lower case.
trimmed strip withoutBlanks ~ {s}: string ~ string ~ {s}.trim() ~ {f}(" a ") === "a" ~ A text without blanks at its ends.
textLength countLetters letters ~ {s}: string ~ number ~ {s}.length ~ {f}("abc") === 3 && {f}("") === 0 ~ The length of a text.
isEmptyText emptyText ~ {s}: string ~ boolean ~ {s}.length === 0 ~ {f}("") && false === {f}("a") ~ Whether a text is empty.
firstLetter initial ~ {s}: string ~ string ~ {s}.charAt(0) ~ {f}("abc") === "a" ~ The first letter of a text.
lastLetter finalLetter ~ {s}: string ~ string ~ {s}.charAt({s}.length - 1) ~ {f}("abc") === "c" ~ The last letter of a text.
reverse reversed backwards ~ {s}: string ~ string ~ {s}.split("").reverse().join("") ~ {f}("abc") === "cba" ~ A text from its end to its begin.
words splitWords toWords ~ {s}: string ~ string[] ~ {s}.split(" ") ~ {f}("a b").length === 2 ~ The words of a text.
greet greeting hello ~ {s}: string ~ string ~ "Hello, " + {s} ~ {f}("Ada") === "Hello, Ada" ~ A greeting.
join concat glue ~ {s}: string, {t}: string ~ string ~ {s} + {t} ~ {f}("a", "b") === "ab" ~ Two texts as one.
repeat repeatText ~ {s}: string, {a}: number ~ string ~ {s}.repeat({a}) ~ {f}("ab", 2) === "abab" ~ A text again and again.
contains includes hasText ~ {s}: string, {t}: string ~ boolean ~ {s}.includes({t}) ~ {f}("abc", "b") && false === {f}("abc", "x") ~ Whether a text has another in it.
startsWith beginsWith hasPrefix ~ {s}: string, {t}: string ~ boolean ~ {s}.startsWith({t}) ~ {f}("abc", "ab") && false === {f}("abc", "b") ~ Whether a text begins with another.
endsWith hasSuffix ~ {s}: string, {t}: string ~ boolean ~ {s}.endsWith({t}) ~ {f}("abc", "bc") && false === {f}("abc", "b") ~ Whether a text ends with another.
first head firstItem ~ {l}: number[] ~ number | undefined ~ {l}[0] ~ {f}([4, 5]) === 4 && {f}([]) === undefined ~ The first item of a list.
last lastItem final ~ {l}: number[] ~ number | undefined ~ {l}[{l}.length - 1] ~ {f}([4, 5]) === 5 ~ The last item of a list.
count size countItems ~ {l}: number[] ~ number ~ {l}.length ~ {f}([4, 5]) === 2 ~ The number of items.
isEmpty empty hasNone ~ {l}: number[] ~ boolean ~ {l}.length === 0 ~ {f}([]) && false === {f}([1]) ~ Whether a list is empty.
doubled doubleAll ~ {l}: number[] ~ number[] ~ {l}.map(({o}) => {o} * 2) ~ {f}([1, 2]).join() === "2,4" ~ Each number twice.
squares squareAll ~ {l}: number[] ~ number[] ~ {l}.map(({o}) => {o} * {o}) ~ {f}([2, 3]).join() === "4,9" ~ Each number times itself.
addToAll{k} raiseAllBy{k} ~ {l}: number[] ~ number[] ~ {l}.map(({o}) => {o} + {k}) ~ {f}([1])[0] === 1 + {k} ~ Adds {k} to each number.
evens onlyEven evenNumbers ~ {l}: number[] ~ number[] ~ {l}.filter(({o}) => {o} % 2 === 0) ~ {f}([1, 2, 4]).join() === "2,4" ~ The even numbers of a list.
odds onlyOdd oddNumbers ~ {l}: number[] ~ number[] ~ {l}.filter(({o}) => {o} % 2 !== 0) ~ {f}([1, 2, 3]).join() === "1,3" ~ The odd numbers of a list.
positives onlyPositive ~ {l}: number[] ~ number[] ~ {l}.filter(({o}) => {o} > 0) ~ {f}([1, -2, 3]).join() === "1,3" ~ The numbers above zero.
hasItem containsItem ~ {l}: number[], {a}: number ~ boolean ~ {l}.includes({a}) ~ {f}([1, 2], 2) && false === {f}([1], 3) ~ Whether a number is in a list.
total sumOf sumAll ~ {l}: number[] ~ number ~ {l}.reduce((sum, {o}) => sum + {o}, 0) ~ {f}([1, 2, 3]) === 6 && {f}([]) === 0 ~ The sum of a list.
productOf multiplyAll ~ {l}: number[] ~ number ~ {l}.reduce((product, {o}) => product * {o}, 1) ~ {f}([2, 3]) === 6 && {f}([]) === 1 ~ The product of a list.
not invert flip ~ {p}: boolean ~ boolean ~ !{p} ~ {f}(false) && false === {f}(true) ~ The other truth.
both and ~ {p}: boolean, {q}: boolean ~ boolean ~ {p} && {q} ~ {f}(true, true) && false === {f}(true, false) ~ Whether both are true.
either or ~ {p}: boolean, {q}: boolean ~ boolean ~ {p} || {q} ~ {f}(true, false) && false === {f}(false, false) ~ Whether one is true.
yesOrNo answer ~ {p}: boolean ~ string ~ {p} ? "yes" : "no" ~ {f}(true) === "yes" && {f}(false) === "no" ~ A truth as a word.
`
  .trim()
  .split("\n")
  .map((line) => {
    const [names = "", sign = "", result = "", expression = "", test = "", does = ""] = line.split(" ~ ");
    return { names: names.split(" "), sign, result, expression, test, does };
  });
