/** Collects ids and, where asked for, the place of each in the source text. */
export class TokenSink {
  readonly ids: number[] = [];
  /** Start and end places of each id; undefined where nobody asked. */
  readonly places: number[] | undefined;

  constructor(withPlaces: boolean) {
    this.places = withPlaces ? [] : undefined;
  }

  /** Adds one id that covers source units [start, end). */
  push(id: number, start: number, end: number): void {
    this.ids.push(id);
    this.places?.push(4 * start, 4 * end);
  }
}
