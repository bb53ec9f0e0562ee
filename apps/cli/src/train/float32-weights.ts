import { trainingData, type Weights } from "@palaver/graph";

/** Any checkpoint's weights in float32, as a safetensors folder takes them. */
export function float32Weights({ tensors, read }: Weights): Weights {
  return {
    tensors: new Map([...tensors].map(([name, { shape }]) => [name, { type: "F32", shape }])),
    read: async (name) => {
      const info = tensors.get(name);
      if (info === undefined || info.type === "F32") return read(name);
      const { shape } = info;
      const { buffer, byteOffset, byteLength } = await trainingData({ tensors, read }, { name, shape, decay: false });
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
  };
}
