import type { PassedOver } from "@palaver/onnx";

/** Where a model runs, and why not elsewhere. */
export interface Placement {
  readonly device: string;
  readonly driver: string;
  readonly threads: number;
  /** Devices that were tried before, with the reasons. */
  readonly passedOver: readonly PassedOver[];
}

/** The same in words. */
export function placementText({ device, driver, threads, passedOver }: Placement): string {
  const place = `${device}, ${driver} driver, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return [place, ...passedOver.map(({ device, reason }) => `not ${device}: ${reason}`)].join("; ");
}
