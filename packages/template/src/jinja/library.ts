import { listFilters } from "./filters/list-filters.ts";
import { selectFilters } from "./filters/select-filters.ts";
import { textFilters } from "./filters/text-filters.ts";
import { valueFilters } from "./filters/value-filters.ts";
import { dictMethods, listMethods } from "./methods/collection-methods.ts";
import { textMethods } from "./methods/text-methods.ts";
import type { Library } from "./run.ts";
import { tests } from "./tests.ts";

/** Jinja's filters, tests and the methods of Python's types, as far as templates of plain text can use them. */
export const library: Library = {
  filters: new Map([...textFilters, ...listFilters, ...selectFilters, ...valueFilters]),
  tests,
  textMethods,
  listMethods,
  dictMethods,
};
