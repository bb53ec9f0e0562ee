/** Names that the model has only heard of: about them it says that it does not know. */
export const outsideNames = {
  person:
    list(`Albert Einstein, Marie Curie, Isaac Newton, Charles Darwin, Napoleon, Julius Caesar, Cleopatra, Mozart, Beethoven, Bach,
Shakespeare, Goethe, Dante, Homer, Plato, Aristotle, Socrates, Galileo, Kepler, Copernicus, Leonardo da Vinci, Michelangelo, Picasso,
Van Gogh, Rembrandt, Frida Kahlo, Gandhi, Nelson Mandela, Martin Luther King, Abraham Lincoln, George Washington, Winston Churchill,
Queen Victoria, Elvis Presley, Michael Jackson, Madonna, Bob Dylan, the Beatles, Charlie Chaplin, Marilyn Monroe, Alan Turing,
Ada Lovelace, Nikola Tesla, Thomas Edison, Steve Jobs, Bill Gates, Elon Musk, Barack Obama, Angela Merkel, Pele, Maradona, Lionel Messi,
Roger Federer, Usain Bolt, Muhammad Ali, Marco Polo, Columbus, Neil Armstrong, Yuri Gagarin, Confucius, Buddha, Moses, Freud, Karl Marx,
Kant, Nietzsche, Tolstoy, Dostoevsky, Chekhov, Kafka, Jane Austen, Agatha Christie, Hemingway, Mark Twain, Tolkien, Walt Disney,
Alfred Nobel, Louis Pasteur, Gutenberg, Joan of Arc, Genghis Khan, Attila, Hannibal, Nero, Augustus, Pythagoras, Euclid, Archimedes,
Gauss, Euler, Leibniz, Ramanujan, Emmy Noether, Niels Bohr, Max Planck, Stephen Hawking, Richard Feynman, Rosa Parks, Florence Nightingale,
Anne Frank, Mother Teresa, the Pope, Robin Hood, King Arthur, Sherlock Holmes, Harry Potter, Batman, Superman, Hamlet, Zeus, Odysseus, Thor`),
  place:
    list(`Mount Everest, the Amazon, the Nile, the Sahara, the Alps, the Eiffel Tower, the Great Wall, Machu Picchu, Stonehenge,
the Colosseum, the Pacific, the Dead Sea, Lake Victoria, the Grand Canyon, Niagara Falls, the Himalayas, the Rhine, the Danube, Sicily,
Hawaii, Alaska, Siberia, Texas, California, Bavaria, Tuscany, Catalonia, Madagascar, Greenland, Antarctica, the Bermuda Triangle, Atlantis,
Pompeii, Troy, Babylon, Sparta, Hollywood, Wall Street, the White House, the Kremlin, the Louvre, Big Ben, the Taj Mahal, Mount Fuji,
Etna, the Mississippi, the Black Forest, the Baltic Sea, the Suez Canal, Gibraltar, Harvard, Oxford, the Bastille, the Vatican, the Titanic`),
  country:
    list(`Mongolia, Nepal, Bhutan, Laos, Cambodia, Myanmar, Malaysia, Sri Lanka, Pakistan, Afghanistan, Kazakhstan, Uzbekistan,
Turkmenistan, Tajikistan, Kyrgyzstan, Georgia, Armenia, Azerbaijan, Syria, Lebanon, Jordan, Saudi Arabia, Yemen, Oman, Qatar, Kuwait,
Libya, Algeria, Sudan, Chad, Niger, Mali, Togo, Benin, Cameroon, Gabon, Congo, Angola, Zambia, Zimbabwe, Botswana, Namibia, Lesotho,
Mozambique, Malawi, Tanzania, Uganda, Rwanda, Burundi, Somalia, Eritrea, Djibouti, Mauritius, Liberia, Sierra Leone, Guinea, Gambia,
Burkina Faso, Fiji, Samoa, Tonga, Palau, Nauru, Vanuatu, Bolivia, Paraguay, Uruguay, Ecuador, Venezuela, Guyana, Suriname, Panama,
Costa Rica, Nicaragua, Honduras, Guatemala, Belize, Haiti, Jamaica, Barbados, Bahamas, Moldova, Belarus, Bosnia, Montenegro, Kosovo,
Andorra, Monaco, San Marino, Liechtenstein, Luxembourg, Singapore, Brunei, Bangladesh, Papua New Guinea, the Maldives`),
  science:
    list(`gravity, photosynthesis, black holes, quantum mechanics, the theory of relativity, evolution, DNA, atoms, electrons, protons,
neutrons, magnetism, electricity, radioactivity, entropy, thermodynamics, light, sound waves, lasers, semiconductors, chlorophyll, enzymes,
proteins, hormones, vitamins, bacteria, viruses, antibodies, stem cells, neurons, chromosomes, mitosis, volcanoes, earthquakes, tides,
glaciers, plate tectonics, fossils, dinosaurs, comets, asteroids, galaxies, supernovas, neutron stars, dark matter, the big bang, Jupiter,
Saturn, Mars, Venus, Pluto, oxygen, hydrogen, helium, carbon, uranium, mercury, acids, catalysts, polymers, crystals, superconductors,
osmosis, inertia, friction, momentum, prime numbers, calculus, algebra, trigonometry, logarithms, integrals, matrices, fractals, topology,
probability, statistics, graph theory, set theory, cryptography, blockchain, nuclear fusion, solar cells, rockets, satellites, radar`),
  history:
    list(`the French Revolution, the First World War, the Second World War, the Roman Empire, the Cold War, the Middle Ages,
the Renaissance, the Black Death, the Crusades, the Reformation, the moon landing, the fall of the Berlin Wall, the American Civil War,
the Russian Revolution, the Industrial Revolution, the Thirty Years War, the Battle of Waterloo, the Punic Wars, the Inca Empire, the Vikings,
the Aztecs, the Ottoman Empire, the Magna Carta, the Treaty of Versailles, the Boston Tea Party, the Stone Age, the Bronze Age, the Huns,
the Great Depression, the Olympic Games, the Holy Roman Empire, the Ming Dynasty, the Mongol Empire, the Gold Rush, the Spanish Armada`),
  work: list(`Hamlet, Faust, the Odyssey, the Iliad, Don Quixote, War and Peace, Moby Dick, Ulysses, the Mona Lisa, the Magic Flute, Star Wars,
Titanic, the Godfather, Casablanca, Jaws, Frozen, the Matrix, Avatar, the Lion King, Gone with the Wind, the Bible, the Koran, Macbeth,
Romeo and Juliet, Robinson Crusoe, Frankenstein, Dracula, Pinocchio, Bambi, the Simpsons, Game of Thrones, Friends, Tetris, Minecraft,
Candide, Carmen, Aida, Swan Lake, Bolero, the Ninth Symphony, the Scream, Guernica, Metropolis, Psycho, Alien, Inception, Dune, Emma`),
  illness:
    list(`a headache, the flu, a fever, a cough, diabetes, asthma, cancer, a broken leg, measles, a sore throat, back pain, an allergy,
high blood pressure, a toothache, a cold, insomnia, malaria, a burn, a rash, migraine, pneumonia, arthritis, anemia, a stroke, depression`),
  law: list(`a contract, a divorce, a will, taxes, a patent, a visa, a rent contract, copyright, a speeding ticket, an inheritance, insurance,
a mortgage, a pension, a lawsuit, bankruptcy, custody, a trademark, a passport, a work permit, citizenship, theft, fraud, bail, parole`),
  sport:
    list(`football, tennis, basketball, baseball, cricket, golf, hockey, rugby, boxing, swimming, chess, cycling, skiing, volleyball,
the World Cup, the Olympics, Wimbledon, the Tour de France, Formula One, the Super Bowl, the Champions League, marathon, judo, badminton`),
  product:
    list(`an iPhone, a Tesla, a washing machine, a laptop, Bitcoin, gold, a house, a barrel of oil, a flight, a hotel, a ticket, Netflix,
Windows, Linux, Excel, WhatsApp, Facebook, Google, Amazon, Apple shares, a used car, a violin, a diamond, a fridge, PlayStation, Photoshop`),
  language:
    list(`French, German, Spanish, Italian, Latin, Chinese, Japanese, Russian, Polish, Arabic, Hindi, Greek, Turkish, Swedish, Dutch,
Korean, Finnish, Hebrew, Portuguese, Czech, Hungarian, Thai, Swahili, Welsh, Norwegian, Danish, Ukrainian, Vietnamese, Persian, Esperanto`),
  codeLanguage:
    list(`Python, Java, C, C++, Rust, Go, Haskell, SQL, Ruby, PHP, Perl, Swift, Kotlin, Lisp, Fortran, Cobol, Bash, Prolog, Scala,
Lua, Pascal, R, Matlab, assembler, Erlang, Julia, Elixir, Zig, Visual Basic, Smalltalk, OCaml, Clojure`),
  program:
    list(`a web server, a sorting algorithm, a game, a chess engine, a compiler, a calculator, a database, a parser, hello world,
a binary search, a neural network, a website, a login page, a linked list, a hash table, a crawler, a snake game, a chat program, an operating
system, a text editor, a quicksort, a spell checker, a todo list, a prime sieve, a unit test, a regular expression, a query, a script`),
  dish: list(`lasagna, goulash, sushi, paella, a birthday cake, pancakes, bread, risotto, curry, ramen, pizza dough, tiramisu, apple pie, borscht,
an omelette, tomato soup, cheesecake, dumplings, falafel, hummus, a salad, roast beef, gnocchi, waffles, cookies, mousse, pesto, kimchi`),
  topic:
    list(`climate change, the economy, democracy, love, war, freedom, education, the future of work, social media, artificial intelligence,
space travel, the ocean, poverty, friendship, music, the history of art, religion, philosophy, sleep, health, happiness, time travel, inflation,
globalization, energy, traffic, fashion, architecture, the theatre, photography, farming, robots, childhood, migration, human rights, privacy`),
  thing:
    list(`a car engine, a microwave, an airplane, a submarine, a piano, a computer chip, a vaccine, a battery, a telescope, a mirror, a clockwork,
a nuclear reactor, a parachute, a solar panel, a printer, a camera, a helicopter, a bridge, a vacuum cleaner, a zipper, a compass, a steam engine,
a transistor, a guitar, a pacemaker, a thermometer, a rainbow, a tornado, the internet, a search engine, a stock market, a bank, an election`),
} as const satisfies Record<string, readonly string[]>;

/** The kinds of names. */
export type OutsideKind = keyof typeof outsideNames;

// --- internal ---

function list(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim().replace(/\s+/g, " "));
}
