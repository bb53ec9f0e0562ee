import { AutoModelForCausalLM, BaseStreamer, DynamicCache, env, Tensor } from "@huggingface/transformers";
import { serve, startClock } from "./serve.mjs";

/**
 * Tokens of a held prompt that are computed at once. A form with logits for each position has 2.5 GB of them after 4096 tokens
 * at a vocabulary of 152k; what is decoded after the prompt does not know how it was cut.
 */
const PIECE = 1024;

serve(async ({ folder, threads, model: name }) => {
  env.allowRemoteModels = false;
  env.localModelPath = folder;
  const model = await AutoModelForCausalLM.from_pretrained(name, {
    dtype: "q4",
    device: "cpu",
    use_external_data_format: true,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const generate = async (ids, count, past) => {
    const streamer = new Stopwatch();
    const result = await model.generate({
      inputs: row(ids),
      attention_mask: row(ids.map(() => 1)),
      max_new_tokens: count,
      do_sample: false,
      return_dict_in_generate: true,
      streamer,
      // A cache takes what is appended; its tensors stay as they are.
      ...(past === undefined ? {} : { past_key_values: new DynamicCache({ ...past }) }),
    });
    return { times: streamer.times, ids: streamer.ids, past: { ...result.past_key_values } };
  };
  return {
    about: `Transformers.js ${env.version}`,
    async prefill(prompt) {
      const { times, ids } = await generate(prompt, 1);
      return { time: times[0], id: ids[0] };
    },
    async hold(prompt) {
      let past;
      let first;
      for (let end = 0; end < prompt.length; ) {
        end = Math.min(prompt.length, end + PIECE);
        ({
          past,
          ids: [first],
        } = await generate(prompt.slice(0, end), 1, past));
      }
      return async (count) => {
        const { times, ids } = await generate([...prompt, first], count, past);
        return { times, ids: [first, ...ids] };
      };
    },
    close: () => model.dispose(),
  };
});

function row(values) {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
}

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
