/**
 * What int8 caches are calibrated with where no text is given: a story, a dialogue, facts, code, a table, other scripts.
 * Largest keys and values come from single tokens and kinds of text rather than from much of one kind.
 */
export const calibrationText = `In the winter of 1911 the lake froze before the ferry could cross, and Marta walked the nine
miles to the post office with a letter that nobody had asked her to write. "You could have waited," said the clerk. She had
thought about that on the way. The next train left at 7:45, and she was on it.

Once upon a time there was a little dog named Pip. Pip liked to run in the park and chase the red ball. One day the ball
rolled into the pond. Pip was sad, but a kind duck pushed it back. "Thank you!" said Pip. They played until the sun went down.

User: How do I keep bread from going stale, and what can I cook with it if it does?
Assistant: Three things help:
1. Keep it whole, and cut only what you eat.
2. Store it in a paper bag inside a drawer; a refrigerator makes it stale *faster*.
3. Freeze what you will not eat within two days.
With stale bread you can make French toast, croutons or a soup. Shall I give you a recipe?
User: no thanks!! what is 17 * 23 - 4?
Assistant: 17 * 23 = 391, and 391 - 4 = 387.

## Photosynthesis
Plants turn light, water and carbon dioxide into sugar and oxygen: 6 CO2 + 6 H2O -> C6H12O6 + 6 O2. The process takes place in
chloroplasts, whose chlorophyll absorbs mostly red (about 660 nm) and blue (about 430 nm) light and reflects green.

function quickSort(items) {
  if (items.length < 2) return items;
  const [pivot, ...rest] = items; // the first one
  return [...quickSort(rest.filter((x) => x < pivot)), pivot, ...quickSort(rest.filter((x) => x >= pivot))];
}

def mean(values: list[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values) if values else float("nan")

SELECT name, COUNT(*) AS orders FROM customers JOIN orders USING (customer_id) WHERE total > 99.50 GROUP BY name;

| city   | people     | founded |
|--------|------------|---------|
| Lisbon | 545,796    | 1200 BC |
| Kyoto  | 1,463,723  | 794     |

{"id": 42, "tags": ["a", "b"], "nested": {"ok": true, "ratio": 0.125, "none": null}, "url": "https://example.org/?q=1&p=2"}

Der Zug hatte Verspätung, also tranken wir noch einen Kaffee. Où est la bibliothèque, s'il vous plaît ? El niño comió dos
manzanas. Сегодня хорошая погода. 今日は天気がいいですね。 我们明天去图书馆吧。 مرحبا بالعالم. ありがとう 😀🎉

THE END... or is it?   (Tabs	and   spaces,    too.) aaaaaaaa zzz 0000 1234567890 !!!!! ----- ##### <tag attr="x">&amp;</tag>
`;
