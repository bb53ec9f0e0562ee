// An engine in a process of its own: processor time is then its alone. One request at a time, by messages.

/**
 * `open(options)` gives an engine:
 * `prefill(ids)` computes a prompt from nothing and gives `{ time, id }`, the token that it chose;
 * `hold(ids)` computes a prompt, keeps it, and gives a function `(count)` that decodes so many tokens after it, each time from
 * there: `{ times, ids }`, a time for each and the ids with the prompt's own in front;
 * `close()`.
 */
export function serve(open) {
  let engine;
  const held = new Map();
  const handlers = {
    open: async (options) => {
      const clock = startClock();
      engine = await open(options);
      return { about: engine.about, load: clock() };
    },
    prefill: ({ ids }) => engine.prefill(ids),
    hold: async ({ ids }) => {
      held.set(ids.length, await engine.hold(ids));
    },
    decode: ({ length, count }) => held.get(length)(count),
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
      process.send({ error: String(error.message ?? error).split("\n")[0] });
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
