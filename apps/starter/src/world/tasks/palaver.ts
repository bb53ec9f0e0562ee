import { factTask } from "../fact-task.ts";
import { palaverCommands, palaverTerms } from "../facts/palaver.ts";
import { phrasings } from "../phrasing.ts";

/** Questions about Palaver itself. */
export const palaverTask = factTask("palaver", 9, [
  {
    weight: 5,
    facts: palaverTerms.map(([x, answer]) => ({ x, answer })),
    answer: "{answer}",
    ask: phrasings([
      "!what is {x}",
      "!what's {x}",
      "!explain {x}.",
      "[what is|what's|whats|what does one mean by|what do you mean by|what exactly is] {x} [in Palaver|here|please|]",
      "[explain|define|describe|please explain|can you explain|could you explain|tell me about|teach me] {x} [to me|briefly|please|in one sentence|].",
      "[do you know|can you tell me|tell me|i want to know|i wonder|please tell me|can you say] what {x} is.",
      "[what do people mean by|what is the meaning of|what is meant by|i do not understand|help me understand|i never heard of] {x}",
      "[why do i need|what is the use of|what is the purpose of|what is the point of|what does it mean to have] {x}",
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
