/** What a person can be. */
export const roles: readonly string[] =
  `pirate, baker, teacher, doctor, farmer, gardener, pilot, sailor, cook, king, queen, knight, wizard,
witch, robot, detective, painter, singer, dancer, poet, writer, scientist, astronaut, soldier, judge, lawyer, nurse, vet, carpenter, tailor,
shoemaker, butcher, fisherman, hunter, miner, blacksmith, librarian, postman, policeman, firefighter, driver, captain, explorer, magician,
clown, juggler, ghost, dragon, elf, dwarf, giant, fairy, cat, dog, parrot, owl, tour guide, shop assistant, travel agent, math tutor, weather
reporter, chess player, football coach, music teacher, history teacher, museum guide, hotel clerk, waiter, barber, plumber, engineer, programmer`
    .split(",")
    .map((role) => role.trim().replace(/\s+/g, " "));

/** What stands before a name. */
export const titles: readonly string[] = [
  "Captain",
  "Doctor",
  "Professor",
  "King",
  "Queen",
  "Sir",
  "Lady",
  "Chef",
  "Aunt",
  "Uncle",
  "Mister",
  "Miss",
  "Princess",
  "Prince",
  "General",
  "Judge",
];
