import { PalaverError, type RenderOptions, type Template } from "@palaver/core";
import { plainTemplate } from "@palaver/core/testing";
import { expect, test } from "vitest";
import { templateCapabilities } from "./template-capabilities.ts";

/** A template whose prompt is what `write` makes of the options. */
function template(write: (options: RenderOptions) => string): Template {
  const render: Template["render"] = (_, options = {}) => ({ text: write(options), segments: [] });
  return { ...plainTemplate(), render };
}

test("a base model has no template and so no capabilities", () => {
  expect(templateCapabilities(undefined)).toEqual([]);
});

test("a template that tells of tools has them", () => {
  expect(templateCapabilities(template(({ tools = [] }) => JSON.stringify(tools)))).toEqual(["tools"]);
  expect(templateCapabilities(template(({ tools }) => `tools: ${tools !== undefined}`))).toEqual([]);
});

test("a template that reads enable_thinking can think", () => {
  expect(templateCapabilities(template(({ variables }) => String(variables?.enable_thinking)))).toEqual(["thinking"]);
  expect(templateCapabilities(template(() => "<think>"))).toEqual([]);
});

test("a template that refuses tools has none, and an error of another kind is not hidden", () => {
  const failing = (error: Error) =>
    template(({ tools }) => {
      if (tools !== undefined) throw error;
      return "";
    });

  expect(templateCapabilities(failing(new PalaverError("ERR_INVALID_ARGUMENT", "no tools here")))).toEqual([]);
  expect(() => templateCapabilities(failing(new TypeError("x is undefined")))).toThrow(TypeError);
});
