import { PalaverError } from "@palaver/core";
import { Budget, defaultLimits, type RenderLimits } from "./budget.ts";
import { execute } from "./execute.ts";
import { globalValues } from "./globals.ts";
import { library } from "./library.ts";
import type { ParsedTemplate } from "./parse-template.ts";
import { type Dialect, Run } from "./run.ts";
import { Scope } from "./scope.ts";
import type { CalendarTime } from "./strftime.ts";
import type { Text } from "./text.ts";
import type { Value } from "./value.ts";

export interface RenderTemplateOptions {
  /** How values print and combine. Default: as Python does. */
  readonly dialect?: Dialect;
  /** The clock behind `strftime_now`. Default: none, and `strftime_now` is undefined. */
  readonly now?: (() => CalendarTime) | undefined;
  readonly limits?: RenderLimits | undefined;
}

/**
 * The text of a template with these variables.
 *
 * @throws ERR_INVALID_ARGUMENT where the template refuses the variables, ERR_LIMIT, ERR_UNSUPPORTED
 */
export function renderTemplate(
  template: ParsedTemplate,
  variables: ReadonlyMap<string, Value>,
  { dialect = "python", now, limits }: RenderTemplateOptions = {},
): Text {
  const budget = new Budget({ ...defaultLimits, ...limits });
  const run = new Run({ source: template.source, budget, dialect, library });
  const globals = new Scope();
  for (const [name, value] of globalValues(run, now)) globals.set(name, value);
  const scope = new Scope(globals);
  for (const [name, value] of variables) scope.set(name, value);
  const out = run.builder();
  try {
    execute(template.body, scope, out, run);
  } catch (error) {
    // Where the stack is smaller than the depth limit allows for, the engine says so first.
    if (!(error instanceof RangeError)) throw error;
    throw new PalaverError("ERR_LIMIT", "the template nests deeper than the stack allows", { cause: error });
  }
  return out.build();
}
