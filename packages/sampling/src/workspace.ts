import { createKernels, type Kernels } from "./kernels/kernels.ts";
import { OTHER_STRIPS, RESULTS, STRIP_COUNT, STRIPS, VOCABULARY } from "./kernels/memory-layout.ts";

/** Logits of one block: small enough that a block with one likely token is searched for nothing, large enough to be few. */
export const BLOCK = 64;

/** An array in the kernels' memory. */
interface Region<View> {
  readonly address: number;
  readonly view: View;
}

/** The kernels and the arrays they work on, for a vocabulary up to a size. */
export interface Workspace {
  readonly kernels: Kernels;
  /** In whole blocks. */
  readonly capacity: number;
  readonly logits: Region<Float32Array>;
  /** Unused as long as ids are places. */
  readonly ids: Region<Int32Array>;
  readonly foundLogits: Region<Float32Array>;
  readonly foundPlaces: Region<Int32Array>;
  /** In whole blocks too. */
  readonly maxima: Region<Float32Array>;
  readonly sums: Region<Float64Array>;
  readonly strips: Float64Array;
  readonly otherStrips: Float64Array;
  /** What the survey leaves beside the largest logit, and the deviation beside the count. */
  readonly surveyed: { readonly min: Float32Array; readonly flags: Int32Array };
  readonly sums64: Float64Array;
}

/** The one workspace, which grows with the largest vocabulary; what stood in it before is lost. */
export function workspaceFor(length: number): Workspace {
  if (workspace === undefined || workspace.capacity < length) {
    workspace = grownTo(Math.max(1, Math.ceil(length / BLOCK)) * BLOCK);
  }
  return workspace;
}

// --- internal ---

const PAGE = 65_536;

let memory: WebAssembly.Memory | undefined;
let kernels: Kernels | undefined;
let workspace: Workspace | undefined;

function grownTo(capacity: number): Workspace {
  const blocks = capacity / BLOCK;
  const pages = Math.ceil((VOCABULARY + 4 * 4 * capacity + 12 * blocks + 4 * BLOCK) / PAGE);
  memory ??= new WebAssembly.Memory({ initial: pages });
  const present = memory.buffer.byteLength / PAGE;
  if (pages > present) memory.grow(pages - present);
  kernels ??= createKernels(memory);

  const { buffer } = memory;
  let address = VOCABULARY;
  const region = <View>(size: number, view: (address: number) => View): Region<View> => {
    const start = address;
    address += size;
    return { address: start, view: view(start) };
  };
  const floats = (length: number) => region(4 * length, (at) => new Float32Array(buffer, at, length));
  const integers = (length: number) => region(4 * length, (at) => new Int32Array(buffer, at, length));
  const doubles = (length: number) => region(8 * length, (at) => new Float64Array(buffer, at, length));
  return {
    kernels,
    capacity,
    sums: doubles(blocks),
    logits: floats(capacity),
    ids: integers(capacity),
    foundLogits: floats(capacity),
    foundPlaces: integers(capacity),
    maxima: floats(Math.ceil(blocks / BLOCK) * BLOCK),
    strips: new Float64Array(buffer, STRIPS, STRIP_COUNT),
    otherStrips: new Float64Array(buffer, OTHER_STRIPS, STRIP_COUNT),
    surveyed: { min: new Float32Array(buffer, RESULTS, 1), flags: new Int32Array(buffer, RESULTS + 4, 2) },
    sums64: new Float64Array(buffer, RESULTS, 2),
  };
}
