import type { EventListener } from '../model/event.js';

/** Says a warning again only where the round before did not say it. */
export class WarningFilter {
  readonly #onEvent: EventListener;
  #before = new Set<string>();
  #now = new Set<string>();

  constructor(onEvent: EventListener = () => undefined) {
    this.#onEvent = onEvent;
  }

  startRound(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }

  readonly listen: EventListener = (event) => {
    if (event.type === 'warning') {
      this.#now.add(event.message);
      if (this.#before.has(event.message)) return;
    }
    this.#onEvent(event);
  };
}
