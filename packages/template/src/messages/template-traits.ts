/** What forms of messages a template understands, found by trying it on small conversations. */

/** How messages are to be given to one template. */
export interface TemplateTraits {
  /** False where a system message is refused or dropped: then its text goes in front of the first user message. */
  readonly takesSystem: boolean;
  /** True where content may be a list of parts. */
  readonly takesParts: boolean;
  /** True where content must be a list of parts. */
  readonly needsParts: boolean;
  /** Whether a call's arguments are read as an object or as JSON text. */
  readonly argumentsForm: "object" | "text";
  /** What an empty content beside calls must be for the calls to be written. */
  readonly emptyContent: "" | null;
}

/** A message in the template's own spelling, as probes write it. */
export type ProbeMessage = Readonly<Record<string, unknown>>;

/** Renders a probe; undefined where the template refuses it. */
export type Probe = (messages: readonly ProbeMessage[]) => string | undefined;

/** The traits of the template behind `probe`. Each is found when it is first asked for. */
export function templateTraits(probe: Probe): TemplateTraits {
  const user = { role: "user", content: words.user };
  const asParts = (text: string): ProbeMessage[] => [{ type: "text", text }];
  const shows = (text: string | undefined, word: string): boolean => text?.includes(word) ?? false;
  const found: Partial<Record<keyof TemplateTraits, unknown>> = {};
  const once = <T>(name: keyof TemplateTraits, find: () => T): T => {
    if (!(name in found)) found[name] = find();
    // The only writer of this entry is the line above.
    return found[name] as T;
  };
  return {
    get takesSystem() {
      return once("takesSystem", () => {
        // A template that takes no such conversation at all says nothing about the system's part in it.
        if (!shows(probe([user]), words.user)) return true;
        return shows(probe([{ role: "system", content: words.system }, user]), words.system);
      });
    },
    get takesParts() {
      return once("takesParts", () => {
        const text = probe([{ role: "user", content: asParts(words.user) }]);
        return shows(text, words.user) && !text!.includes(`: '${words.user}'`) && !text!.includes(`: "${words.user}"`);
      });
    },
    get needsParts() {
      return once("needsParts", () => !shows(probe([user]), words.user) && this.takesParts);
    },
    get argumentsForm() {
      return once("argumentsForm", () => {
        const asObject = probeCall(probe, { [words.key]: words.value });
        if (asObject && showsArguments(asObject.text)) return "object";
        return probeCall(probe, callJson) ? "text" : "object";
      });
    },
    get emptyContent() {
      return once("emptyContent", () => {
        const form = this.argumentsForm === "text" ? callJson : { [words.key]: words.value };
        const written = probeCall(probe, form);
        return written === undefined ? "" : written.content;
      });
    },
  };
}

// --- internal ---

/** Words that no template contains, in lower case so that changes of case leave them alone. */
const words = {
  user: "palaverprobeuser",
  system: "palaverprobesystem",
  name: "palaverprobename",
  key: "palaverprobekey",
  value: "palaverprobevalue",
};

const callJson = JSON.stringify({ [words.key]: words.value });

function showsArguments(text: string): boolean {
  if (!text.includes(words.key) || !text.includes(words.value)) return false;
  // A dict printed as Python prints it is one that the template did not expect; quotes escaped for HTML come from
  // `tojson | safe`, which some templates apply to objects and not to text.
  return !text.includes(`{'${words.key}'`) && !text.includes("&#34;");
}

/** A call with these arguments, beside the first form of empty content for which the template writes it. */
function probeCall(probe: Probe, args: unknown): { text: string; content: "" | null } | undefined {
  // Mistral's templates want ids of nine characters.
  const call = { id: "callprobe", type: "function", function: { name: words.name, arguments: args } };
  for (const content of ["", null] as const) {
    const text = probe([
      { role: "user", content: words.user },
      { role: "assistant", content, tool_calls: [call] },
    ]);
    if (text?.includes(words.name) && text.includes(words.value)) return { text, content };
  }
  return undefined;
}
