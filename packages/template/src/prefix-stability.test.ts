import { expect, test } from "vitest";
import { loadTemplate } from "./load-template.ts";
import { prefixStability } from "./prefix-stability.ts";

const dialogue = [
  { role: "user", content: "ask" },
  { role: "assistant", content: "tell", reasoning_content: "why" },
  { role: "user", content: "again" },
  { role: "assistant", content: "more" },
];
const prompt = "{% if add_generation_prompt %}<assistant>{% endif %}";

test("a template that only appends is stable", () => {
  const source = `{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}${prompt}`;

  expect(prefixStability(loadTemplate({ source }), dialogue)).toEqual({ isStable: true, breaks: [] });
});

test("a template that drops the reasoning of earlier turns breaks there", () => {
  const source = `{% for m in messages %}<{{ m.role }}>{% if loop.last and m.reasoning_content %}[{{ m.reasoning_content }}]{% endif %}{{ m.content }}</>{% endfor %}${prompt}`;

  expect(prefixStability(loadTemplate({ source }), dialogue)).toEqual({
    isStable: false,
    breaks: [{ messageCount: 2, what: "messages", at: 23, shorter: "[why]tell</>", longer: "tell</><user>again</>" }],
  });
});

test("a generation prompt that the history does not keep breaks each turn", () => {
  const source = `{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}`;

  const { breaks } = prefixStability(loadTemplate({ source }), dialogue);

  expect(breaks.map(({ messageCount, what, shorter }) => [messageCount, what, shorter])).toEqual([
    [1, "generation-prompt", "<think>"],
    [3, "generation-prompt", "<think>"],
  ]);
});

test("conversations that the template refuses are left out", () => {
  const source = `{% if messages | length == 2 %}{{ raise_exception('no') }}{% endif %}{% for m in messages %}{{ m.content }};{% endfor %}`;

  expect(prefixStability(loadTemplate({ source }), dialogue).isStable).toBe(true);
});
