import { AutoModelForCausalLM, BaseStreamer, env, Tensor } from "@huggingface/transformers";
import { serve, startClock } from "./serve.mjs";

serve(async ({ folder, threads }) => {
  env.allowRemoteModels = false;
  env.localModelPath = folder;
  const model = await AutoModelForCausalLM.from_pretrained("hub", {
    dtype: "q4",
    device: "cpu",
    use_external_data_format: true,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  return {
    about: `Transformers.js ${env.version}`,
    async answer(prompt, count) {
      const streamer = new Stopwatch();
      const row = (values) => new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
      await model.generate({
        inputs: row(prompt),
        attention_mask: row(prompt.map(() => 1)),
        max_new_tokens: count + 1,
        do_sample: false,
        streamer,
      });
      const [prefill, ...tokens] = streamer.times;
      return { prefill, tokens, ids: streamer.ids };
    },
    close: () => model.dispose(),
  };
});

/** Is given the prompt first, then each token when it is chosen. */
class Stopwatch extends BaseStreamer {
  clock = startClock();
  times = [];
  ids = [];
  #seesPrompt = true;

  put([ids]) {
    if (!this.#seesPrompt) {
      this.times.push(this.clock());
      this.ids.push(Number(ids.at(-1)));
    }
    this.#seesPrompt = false;
  }

  end() {}
}
