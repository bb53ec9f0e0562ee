import type { ChatTemplate } from "../chat-template.ts";
import { loadTemplate } from "../load-template.ts";
import type { BuiltInTemplateOptions } from "./llama3-template.ts";

/**
 * The form of ChatML: for each message `<|im_start|>ROLE`, the text and `<|im_end|>`, each on its line. Tool calls stand
 * in `<tool_call>`, results in `<tool_response>` in a turn of the user, reasoning in `<think>`, and tools are listed in
 * the system message, as Hermes and Qwen write them.
 */
export function chatmlTemplate(options: BuiltInTemplateOptions = {}): ChatTemplate {
  return loadTemplate({
    ...options,
    source: chatmlSource,
    specialTokens: { eos_token: "<|im_end|>", ...options.specialTokens },
  });
}

// --- internal ---

const chatmlSource = String.raw`
{%- set has_system = messages and messages[0].role == 'system' %}
{%- if has_system or tools %}
  {{- '<|im_start|>system\n' }}
  {%- if has_system %}
    {{- messages[0].content }}
    {%- if tools %}{{- '\n\n' }}{% endif %}
  {%- endif %}
  {%- if tools %}
    {{- '# Tools\n\nYou may call these functions:\n<tools>' }}
    {%- for tool in tools %}
      {{- '\n' + (tool | tojson) }}
    {%- endfor %}
    {{- '\n</tools>\n\nFor each call, answer with a JSON object of its name and its arguments:\n' }}
    {{- '<tool_call>\n{"name": NAME, "arguments": {KEY: VALUE}}\n</tool_call>' }}
  {%- endif %}
  {{- '<|im_end|>\n' }}
{%- endif %}
{%- for message in (messages[1:] if has_system else messages) %}
  {%- if message.role == 'assistant' %}
    {{- '<|im_start|>assistant\n' }}
    {%- if message.reasoning_content %}
      {{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}
    {%- endif %}
    {%- if message.content %}{{- message.content }}{% endif %}
    {%- for call in message.tool_calls or [] %}
      {%- if not loop.first or message.content %}{{- '\n' }}{% endif %}
      {{- '<tool_call>\n{"name": ' + (call.function.name | tojson) }}
      {{- ', "arguments": ' + (call.function.arguments | tojson) + '}\n</tool_call>' }}
    {%- endfor %}
    {{- '<|im_end|>\n' }}
  {%- elif message.role == 'tool' %}
    {%- if loop.first or loop.previtem.role != 'tool' %}{{- '<|im_start|>user\n' }}{% else %}{{- '\n' }}{% endif %}
    {{- '<tool_response>\n' + message.content + '\n</tool_response>' }}
    {%- if loop.last or loop.nextitem.role != 'tool' %}{{- '<|im_end|>\n' }}{% endif %}
  {%- else %}
    {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
  {{- '<|im_start|>assistant\n' }}
{%- endif %}
`;
