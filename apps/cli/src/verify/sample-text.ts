/** What an import is verified with where no text is given: plain sentences, numbers, names and a line of code. */
export const sampleText = `In the winter of 1911 the lake froze before the ferry could cross, and Marta walked the nine
miles to the post office with a letter that nobody had asked her to write. "You could have waited," said the clerk.
She had thought about that on the way. The next train left at 7:45; 12 x 12 = 144; for (let i = 0; i < 10; i++) sum += i.
`;
