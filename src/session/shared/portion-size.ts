export interface PortionLimits {
  readonly first: number;
  readonly least: number;
  readonly most: number;
  /** How long a portion is to take, in ms. */
  readonly targetMs: number;
}

/** How many items go into one portion, so that it takes about as long as it should: it grows while portions are quick, and shrinks at once when not. */
export class PortionSize {
  readonly #limits: PortionLimits;
  #current: number;

  constructor(limits: PortionLimits) {
    this.#limits = limits;
    this.#current = limits.first;
  }

  get current(): number {
    return this.#current;
  }

  /** A portion of `items` took `elapsedMs`. */
  note(items: number, elapsedMs: number): void {
    const { least, most, targetMs } = this.#limits;
    if (elapsedMs > targetMs) this.#current = Math.max(least, Math.floor((items * targetMs) / elapsedMs));
    else if (items >= this.#current && elapsedMs < targetMs / 2) this.#current = Math.min(most, this.#current * 2);
  }
}
