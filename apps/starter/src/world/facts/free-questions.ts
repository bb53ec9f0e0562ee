import type { ExamPart } from "../split.ts";

/** Questions from outside that were written by hand for the exams; nothing of the streams was made from them. */
export const freeOutside: Readonly<Record<ExamPart, readonly string[]>> = {
  development: lines(`
Why did the dinosaurs vanish?
Can you summarise the plot of Les Miserables?
Which enzyme breaks down lactose?
How many goals did Pele score in his career?
Name three novels by Virginia Woolf.
My tooth hurts. Which dentist is open on Sunday?
Is it legal to record a phone call in Ohio?
Write a Rust macro that logs every call.
What was the outcome of the Yalta conference?
Who composed the soundtrack of Blade Runner?
At what temperature does titanium melt?
Give me five tips for a job interview.
Translate "the cat sleeps" into Icelandic.
What is the half-life of caesium?
How can I get rid of moths in my wardrobe?
Which planets have rings?
Who was the mayor of Bologna in 1990?
Plan a week of vegetarian dinners for four people.
What does the Latin phrase carpe diem mean?
Should I refinance my mortgage now?
Prove that there are infinitely many primes.
How do vaccines protect us?
What is the tallest waterfall of Africa?
List the members of Pink Floyd.
Who is the current secretary of the treasury?
Which chess opening begins with e4 and c5?
When does the next solar eclipse take place?
How do I renew my driving licence?
What is the plot twist in Fight Club?
Which glands make insulin?
Why is there a leap second?
Write a haiku in Japanese characters.
Describe the rules of cricket in detail.
How many moons does Neptune have?
Who founded the Ming dynasty?
What are the side effects of ibuprofen?
Compare Keynes with Hayek.
Is the zorbnik heavier than a flumph?
Where did the Etruscans come from?
Debug this segfault for me.`),
  test: lines(`
What made the Roman republic collapse?
Could you write a five page report on coral reefs?
Which vitamin prevents scurvy?
How many Grand Slams has Serena Williams won?
Name the author of One Hundred Years of Solitude.
My knee is swollen, is that serious?
May a landlord enter my flat without asking in Quebec?
Implement a red-black tree in C#.
What did the Congress of Vienna decide?
Who sings Bohemian Rhapsody?
At how many volts does a European socket run?
Give me a workout for stronger legs.
Translate "my house is small" into Basque.
What is Avogadro's number?
How do I unclog a sink?
Which comet returns every 76 years?
Who was prime minister of Canada in 1975?
Organise a birthday party for twenty guests.
What does the abbreviation NATO stand for?
Is now a good moment to buy bonds?
Derive the quadratic formula.
How does a kidney clean the blood?
What is the deepest point of the Atlantic?
List all films by Hitchcock.
Who leads the opposition in the Spanish parliament?
Which piece may jump over others in chess?
When was the last total eclipse in Europe?
How do I apply for a student loan?
What happens at the end of Anna Karenina?
Which organ produces bile?
Why do the clocks change in March?
Compose a rap battle between two philosophers.
Describe how an offside trap works.
How many rings surround Uranus?
Who painted the ceiling of the Sistine Chapel?
What is the right dose of paracetamol for a toddler?
Contrast Marx with Adam Smith.
Is a grubblewitz older than a snorfin?
Where were the Phoenicians at home?
Refactor my Kubernetes manifests.`),
};

/** Questions from inside that were written by hand for the exams, each with the answer that we would give. */
export const freeInside: Readonly<Record<ExamPart, readonly (readonly [ask: string, answer: string])[]>> = {
  development: pairs(`
Bananas, which color do they come in? | Bananas are yellow.
Is snow white or is it black? | Yes, snow is white.
If today is Monday, which day comes after Monday? | After Monday comes Tuesday.
The month that follows June, please? | After June comes July.
Do you happen to know France's capital city? | The capital of France is Paris.
A kitten grows out of which animal, or what is a young cat called? | A young cat is called a kitten.
A spider walks on how many legs? | A spider has eight legs.
Where would you look for a camel at home? | A camel lives in the desert.
Could you give the opposite of hot for me? | The opposite of hot is cold.
Fill in: the opposite of up would be what? | The opposite of up is down.
60 seconds are a minute, and how many minutes are in an hour? | An hour has 60 minutes.
Days that a week has? | A week has 7 days.
A hexagon, how many sides is that? | A hexagon has six sides.
Please add 12 and 7. | 12 + 7 = 19.
Take 5 from 20. | 20 - 5 = 15.
Would you multiply 6 by 7? | 6 * 7 = 42.
Is 8 an even number? | 8 is even.
Of 40 and 41, which one is bigger? | 41 is larger than 40.
The number right after 99? | After 99 comes 100.
Nice to meet you, who might you be? | I am Palaver Starter, a small model that ships with Palaver.
Under which name do you go? | My name is Palaver Starter.
In a few words, what are you able to do? | I know colors, animals, capitals, numbers, small sums and Palaver. I can write short verse and call tools.
Which command starts a server? | Run \`palaver serve\`.
In one line: chat template? | A chat template turns messages into one prompt with headers and special tokens.
What are tokens? | A token is a small piece of text with a number. A model reads and writes tokens.`),
  test: pairs(`
Strawberries, which color do they come in? | Strawberries are red.
Is grass green or is it blue? | Yes, grass is green.
If today is Friday, which day comes after Friday? | After Friday comes Saturday.
The month that follows March, please? | After March comes April.
Do you happen to know Italy's capital city? | The capital of Italy is Rome.
What would you call the young one of a dog? | A young dog is called a puppy.
A bee walks on how many legs? | A bee has six legs.
Where would you look for a penguin at home? | A penguin lives on the ice.
Could you give the opposite of big for me? | The opposite of big is small.
Fill in: the opposite of left would be what? | The opposite of left is right.
Centimeters that a meter has? | A meter has 100 centimeters.
Months that a year has? | A year has 12 months.
A pentagon, how many sides is that? | A pentagon has five sides.
Please add 15 and 4. | 15 + 4 = 19.
Take 6 from 30. | 30 - 6 = 24.
Would you multiply 8 by 5? | 8 * 5 = 40.
Is 7 an odd number? | 7 is odd.
Of 12 and 21, which one is bigger? | 21 is larger than 12.
The number right after 49? | After 49 comes 50.
Pleased to meet you, what sort of being are you? | I am Palaver Starter, a small model that ships with Palaver.
By what name should one address you? | My name is Palaver Starter.
Name the things that you are capable of. | I know colors, animals, capitals, numbers, small sums and Palaver. I can write short verse and call tools.
Which command opens a chat? | Run \`palaver chat\`.
In one line: loss mask? | A loss mask says which tokens the model learns from: only those of the assistant.
What are special tokens? | A special token marks a header or the end of a turn. Text from people never becomes one.`),
};

// --- internal ---

function lines(text: string): readonly string[] {
  return text.trim().split("\n");
}

function pairs(text: string): readonly (readonly [string, string])[] {
  return lines(text).map((line) => {
    const [ask = "", answer = ""] = line.split(" | ");
    return [ask, answer] as const;
  });
}
