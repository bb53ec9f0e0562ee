import type { ChatTemplate } from "../chat-template.ts";
import { type LoadTemplateOptions, loadTemplate } from "../load-template.ts";

/** What built-in templates can be given. */
export type BuiltInTemplateOptions = Pick<LoadTemplateOptions, "specialTokens" | "limits">;

/**
 * The form of Llama 3: `<|begin_of_text|>`, then for each message `<|start_header_id|>ROLE<|end_header_id|>`, a blank
 * line, the text and `<|eot_id|>`. Tool calls are one JSON object a line, results have the role `ipython`, and tools
 * are listed in the system message.
 */
export function llama3Template(options: BuiltInTemplateOptions = {}): ChatTemplate {
  return loadTemplate({
    ...options,
    source: llama3Source,
    specialTokens: { bos_token: "<|begin_of_text|>", eos_token: "<|end_of_text|>", ...options.specialTokens },
  });
}

// --- internal ---

const llama3Source = String.raw`
{%- macro header(role) -%}
  {{ '<|start_header_id|>' + role + '<|end_header_id|>\n\n' }}
{%- endmacro -%}

{{- bos_token }}
{%- set has_system = messages and messages[0].role == 'system' %}
{%- if has_system or tools %}
  {{- header('system') }}
  {%- if has_system %}
    {{- messages[0].content | trim }}
    {%- if tools %}{{- '\n\n' }}{% endif %}
  {%- endif %}
  {%- if tools %}
    {{- 'You can call these functions. To call one, answer with a JSON object of its name and its parameters alone: ' }}
    {{- '{"name": NAME, "parameters": {KEY: VALUE}}' }}
    {%- for tool in tools %}
      {{- '\n\n' + (tool.function | tojson) }}
    {%- endfor %}
  {%- endif %}
  {{- '<|eot_id|>' }}
{%- endif %}
{%- for message in (messages[1:] if has_system else messages) %}
  {%- if message.role == 'assistant' %}
    {{- header('assistant') }}
    {%- if message.content %}{{- message.content | trim }}{% endif %}
    {%- for call in message.tool_calls or [] %}
      {%- if not loop.first or message.content %}{{- '\n' }}{% endif %}
      {{- '{"name": ' + (call.function.name | tojson) + ', "parameters": ' + (call.function.arguments | tojson) + '}' }}
    {%- endfor %}
  {%- else %}
    {{- header('ipython' if message.role == 'tool' else message.role) + message.content | trim }}
  {%- endif %}
  {{- '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
  {{- header('assistant') }}
{%- endif %}
`;
