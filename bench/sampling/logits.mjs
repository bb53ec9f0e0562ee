// Logits of the shapes that decide how much work a sampler has, the same in each run.

/** By name; the first three are like those of a model, the others are there to hurt. */
export function logitsOf(size) {
  const random = randomNumbers();
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const from = (logit) => Float32Array.from({ length: size }, logit);
  const withHead = (logits, head) => {
    for (const logit of head) logits[Math.floor(random() * size)] = logit;
    return logits;
  };
  // One token in front, others fall by rank; the tail weighs a thousandth.
  const peaked = withHead(
    from(() => 2.2 * normal()),
    Array.from({ length: 300 }, (_, rank) => 20 - 2 * Math.log(1 + rank) + normal()),
  );
  // Fifty likely tokens, and a tail that weighs a sixth.
  const open = withHead(
    from(() => 3 * normal()),
    Array.from({ length: 50 }, () => 12 + 2 * normal()),
  );
  return {
    peaked,
    open,
    "open, bf16": open.map((logit) => bfloat16(logit)), // few different ones
    gaussian: from(() => 3 * normal()),
    uniform: from(() => 10 * random()),
    "nearly =": from(() => 1 + random() / 1000),
    equal: from(() => 1),
    masked: open.map((logit, id) => (id % 100 === 0 ? logit : Number.NEGATIVE_INFINITY)),
  };
}

function randomNumbers() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state >>> 8) + 0.5) / 0x1000000;
  };
}

function bfloat16(x) {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0] + 0x8000) & 0xffff0000;
  return new Float32Array(bits.buffer)[0];
}
