import { factTask } from "../fact-task.ts";
import { palaverCommands, palaverTerms } from "../facts/palaver.ts";
import { phrasings } from "../phrasing.ts";

/** Questions about Palaver itself. */
export const palaverTask = factTask("palaver", 9, [
  {
    weight: 5,
    facts: palaverTerms.map(([x, answer]) => ({ x, bare: x.replace(/^(a|an|the) /, ""), answer })),
    answer: "{answer}",
    ask: phrasings([
      "!what is {x}",
      "!what's {x}",
      "!explain {x}.",
      "!what does {bare} mean",
      "[what does|what might|what can] {bare} mean [in Palaver|here|]",
      "[define|explain|describe|meaning of|definition of|the word] {bare} [please|in one line|]",
      "[please|could you|can you|would you] [define|explain] {bare} [in one line|briefly|].",
      "{bare}: [what is that|what is it|what does it mean|explain it|please explain]",
      "[in one line|in short|briefly|in a word|in simple words|for a beginner]: [what is|] {x}",
      "[in one line|in short|briefly|for a beginner|quickly]: {bare}",
      "i [read|heard|read something] about {bare}. what is [that|it]",
      "[what is|what's] {bare}",
      "[what is|what's|whats|what does one mean by|what do you mean by|what exactly is] {x} [in Palaver|here|please|]",
      "[explain|define|describe|please explain|can you explain|could you explain|tell me about|teach me] {x} [to me|briefly|please|in one sentence|].",
      "[do you know|can you tell me|tell me|i want to know|i wonder|please tell me|can you say] what {x} is.",
      "[what do people mean by|what is the meaning of|what is meant by|i do not understand|help me understand|i never heard of] {x}",
      "[why do i need|what is the use of|what is the purpose of|what is the point of|what does it mean to have] {x}",
    ]),
  },
  {
    weight: 2,
    facts: palaverTerms
      .filter(([x]) => /^an? /.test(x))
      .map(([x, answer]) => ({ many: pluralOf(x.replace(/^an? /, "")), answer })),
    answer: "{answer}",
    ask: phrasings([
      "!what are {many}",
      "[what are|tell me what|do you know what|explain what|i wonder what] {many} [are|]",
      "[explain|describe|define|please explain|can you explain|tell me about|how do you define] {many} [please|to me|briefly|]",
      "[what is the use of|why are there|why do i need|what do people mean by|i do not understand|what is meant by] {many}",
    ]),
  },
  ...palaverCommands.map(({ command, does, goals }) => ({
    weight: 0.45,
    facts: [{ command }],
    answer: "Run `{command}`.",
    ask: phrasings(
      goals.flatMap((goal) => [
        `!how do i ${goal}`,
        `[how do i|how can i|how could i|how would i|how to|how does one|what must i do to|how do we|how do you|what do i type to|what should i run to] ${goal} [with Palaver|in Palaver|here|]`,
        `[which|what] command [do i use to|lets me|is there to|can|do i need to|will] ${goal}`,
        `[i want to|i would like to|i need to|help me|show me how to|tell me how to|can you tell me how to|please tell me how to] ${goal}.`,
      ]),
    ),
    does,
  })),
  ...palaverCommands.map(({ command, does }) => ({
    weight: 0.15,
    facts: [{ command, name: command.split(" ").slice(0, 2).join(" ") }],
    answer: `\`{name}\` ${does}.`,
    ask: phrasings([
      "!what does {name} do",
      "[what does|what can|what will] [the command|] {name} do",
      "what is {name} [for|good for|used for]",
      "[explain|describe|tell me about|please explain] [the command|] {name}.",
      "[when|why] do i [use|need|run] {name}",
      "[tell me|can you tell me|do you know] what {name} does",
    ]),
  })),
]);

// --- internal ---

function pluralOf(word: string): string {
  return word.endsWith("ry") ? `${word.slice(0, -1)}ies` : /(s|ch)$/.test(word) ? `${word}es` : `${word}s`;
}
