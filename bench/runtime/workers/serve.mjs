// An engine in a process of its own: processor time is then its alone. One request at a time, by messages.

/**
 * `open(options)` gives `{ about, answer(ids, count), close() }`; `answer` computes a prompt and then `count` tokens, and
 * gives `{ prefill, tokens: [...], ids: [...] }` with a time for each.
 */
export function serve(open) {
  let engine;
  const handlers = {
    open: async (options) => {
      const clock = startClock();
      engine = await open(options);
      return { about: engine.about, load: clock() };
    },
    answer: ({ ids, count }) => engine.answer(ids, count),
    memory: () => process.memoryUsage.rss(),
    close: async () => {
      await engine.close();
      setImmediate(() => process.disconnect());
    },
  };
  process.on("message", async ({ request, options }) => {
    try {
      process.send({ result: await handlers[request](options) });
    } catch (error) {
      process.send({ error: String(error.message).split("\n")[0] });
    }
  });
}

/** Wall and processor milliseconds of this process since the last call. */
export function startClock() {
  let wall = performance.now();
  let cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    const time = { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
    wall = performance.now();
    cpu = process.cpuUsage();
    return time;
  };
}
