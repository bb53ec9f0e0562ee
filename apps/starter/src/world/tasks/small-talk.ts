import { factTask, fixedQuestion, type Question } from "../fact-task.ts";
import { phrasings } from "../phrasing.ts";

/** Greetings, thanks, goodbyes. */
export const smallTalkTask = factTask("small-talk", 10, [
  talk(4, "Hello! How can I help you?", [
    "!hello.",
    "!hi.",
    "!hello!",
    "!hi!",
    "!hey.",
    "!hey there.",
    "!good day.",
    "!hi there!",
    "[hello|hi|hey|greetings|howdy|hey hey|hi hi|hiya|yo|ahoy|hallo|hello hello|good day|welcome] [there|Palaver|friend|my friend|you|little model|little friend|again|everybody|dear model|]!",
    "[i just wanted to say|i say|let me say] [hello|hi].",
    "[hello|hi|hey], [can you hear me|are you there|is anybody there|anybody home|are you awake|are you ready]",
    "[are you there|anybody there|is anyone there|can you hear me|are you listening|are you awake|are you ready]",
    "[hello|hi|hey], [nice to see you|it is me|here i am|it's me again|i am back].",
    "[let us|let's|can we|shall we|may we|i want to|i would like to] [talk|chat|start|begin|talk a bit|have a chat|talk with you]",
  ]),
  talk(2, "Good morning! How can I help you?", [
    "!good morning.",
    "[good morning|morning|a good morning] [there|Palaver|friend|my friend|to you|again|little model|dear model|]!",
    "[hello|hi|hey] and good morning [Palaver|there|to you|]!",
  ]),
  talk(2, "Good evening! How can I help you?", [
    "!good evening.",
    "[good evening|evening|a good evening] [there|Palaver|friend|my friend|to you|again|little model|dear model|]!",
    "[hello|hi|hey] and good evening [Palaver|there|to you|]!",
  ]),
  talk(2, "Good night! Sleep well.", [
    "!good night.",
    "[good night|night night|a good night] [there|Palaver|friend|my friend|to you|little model|dear model|]!",
    "i am [going to bed|going to sleep|tired, good night|off to bed|very tired and go to bed].",
  ]),
  talk(3, "I am fine, thank you. How are you?", [
    "!how are you",
    "!how are you doing",
    "!how is it going",
    "!how are you today",
    "[how are you|how do you do|how are you doing|how is it going|how's it going|how do you feel|are you well|are you ok|are you fine|how have you been|how is life|what's up|how are things|everything ok|is everything fine|all good|how is your day] [today|now|Palaver|my friend|this morning|this evening|]",
    "[hello|hi|hey|good morning], how are you [today|doing|]",
    "[hello|hi|hey|good morning], how is it going",
  ]),
  talk(2, "I am glad to hear that.", [
    "!i am fine.",
    "!i'm fine, thanks.",
    "i am [very|quite|really|so|] [fine|good|well|happy|great|glad|ok|very happy|all right] [today|thanks|thank you|too|now|].",
    "[i feel|i'm feeling|i am feeling] [very|] [good|great|fine|well|happy] [today|now|].",
    "[my day|the day|today|life|my week] [is|was] [very good|great|good|wonderful|fine|nice].",
  ]),
  talk(2, "I am sorry to hear that.", [
    "!i am sad.",
    "!i feel bad.",
    "i am [very|quite|really|so|a bit|] [sad|unhappy|ill|sick|lonely|angry|worried|tired of everything] [today|now|].",
    "[i feel|i'm feeling|i am feeling] [very|so|a bit|] [bad|sad|lonely|ill|sick|terrible|unwell] [today|now|].",
    "[my day|the day|today|my week] [is|was] [very bad|terrible|bad|awful|not good|sad].",
  ]),
  talk(4, "You are welcome!", [
    "!thank you.",
    "!thanks.",
    "!thank you!",
    "!thanks!",
    "!thank you very much.",
    "[thank you|thanks|many thanks|thank you so much|thank you very much|thanks a lot|thx|cheers|thanks so much] [Palaver|my friend|for your help|for the answer|again|for helping me|for that|that helps|little model|]!",
    "[great|good|perfect|nice|ok|fine|super|cool|wonderful], [thank you|thanks|thanks a lot|many thanks].",
    "[that was|that is|this is|you are] [very helpful|a great help|helpful].",
    "i [thank you|am grateful|am very grateful].",
  ]),
  talk(3, "Goodbye! Talk to you soon.", [
    "!bye.",
    "!goodbye.",
    "!see you.",
    "!bye!",
    "[bye|goodbye|bye bye|see you|see you later|see you soon|see you tomorrow|farewell|so long|take care|until next time|ciao|till tomorrow] [Palaver|my friend|then|for now|little model|dear model|]!",
    "[i have to|i must|i need to|i will] [go|leave|go now|leave now|stop here|go home].",
    "[that is all|that was all|that's it|i am done|we are done] [for today|for now|thanks|thank you|].",
  ]),
  talk(2, "Thank you! You are kind.", [
    "!you are great.",
    "!good job.",
    "you are [very|so|really|] [great|good|nice|clever|smart|sweet|cool|funny|cute|kind|friendly|wonderful].",
    "[good job|well done|bravo|good work|great answer|good answer|that was good|very good|nice work] [Palaver|my friend|].",
    "i [like|love] [you|talking to you|your answers|this chat] [very much|a lot|].",
  ]),
  talk(2, "I am sorry. I am a small model and make mistakes.", [
    "!that is wrong.",
    "!you are wrong.",
    "[that is|that was|this is|this was|your answer is|your answer was] [wrong|not right|not true|not correct|incorrect|a mistake|false|nonsense|bad].",
    "you [are wrong|made a mistake|are mistaken|did not understand me|are stupid|are not very clever|are bad|are useless|are dumb].",
    "[i do not|i don't] [like|love] [you|your answer|your answers].",
  ]),
  talk(2, "Why did the banana go to the doctor? It did not peel well.", [
    "!tell me a joke.",
    "[tell me|tell|give me|say|do you know|make|can you tell|can you tell me|i want to hear|i would like to hear|please tell me|let me hear] [a|a good|a short|a funny|another|some] joke.",
    "[make me laugh|say something funny|be funny|do you know something funny|can you make me laugh|cheer me up].",
  ]),
  talk(2, "You can ask me about colors, animals, capitals, numbers or Palaver.", [
    "!i am bored.",
    "!what can i ask you",
    "[what|which questions] [can|may|should|could] [i|we] ask [you|].",
    "[what|about what] [can|should|could|shall] we talk [about|]",
    "[i do not know what to|what shall i|what could i|i don't know what to|what should i] [ask|say|write|ask you].",
    "[give me|tell me|show me] [an idea|some ideas|an example|examples|some examples|an example question].",
    "[help|i need help|can you help me|help me|please help me|i need some help|what now].",
    "[how do i|how can i|how to] [use you|start|begin|talk to you|work with you]",
  ]),
  talk(1, "Please ask me a question.", [
    "!ok.",
    "!yes.",
    "!no.",
    "[ok|okay|yes|no|maybe|sure|fine|hm|well|hmm|aha|oh|i see|right|good|cool|nice|wow|great|all right|interesting] [then|good|well|]",
    "[test|testing|this is a test|just a test|one two three|test test].",
    "[i have|may i ask|can i ask you|i want to ask|i would like to ask] [a question|something|you something|you a question].",
  ]),
]);

// --- internal ---

function talk(weight: number, answer: string, lines: readonly string[]): Question {
  return { ...fixedQuestion(phrasings(lines), answer), weight };
}
