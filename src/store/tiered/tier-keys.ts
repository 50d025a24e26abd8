import type { CacheError } from '../../model/errors.js';
import type { Clock } from '../../util/clock.js';
import { compareKeys } from '../key-order.js';
import type { Tier, TierAnswer } from './tier.js';

const PAGE_KEYS = 1_000;

/** Keys that any of `tiers` has, each once, ascending. A tier that fails is left out from there on; it throws only where all have failed. */
export async function* keysOfTiers(
  tiers: readonly Tier[],
  prefix: string,
  clock: Clock,
): AsyncGenerator<readonly string[], void, undefined> {
  const listings = tiers.map((tier) => new Listing(tier, prefix, clock));
  try {
    await Promise.all(listings.map((listing) => listing.next()));
    let page: string[] = [];
    for (;;) {
      const key = leastOf(listings);
      if (key === undefined) break;
      page.push(key);
      for (const listing of listings) if (listing.key === key) await listing.next();
      if (page.length < PAGE_KEYS) continue;
      yield page;
      page = [];
    }
    const [firstError] = listings.map(({ error }) => error);
    if (firstError !== undefined && listings.every(({ error }) => error !== undefined)) throw firstError;
    if (page.length > 0) yield page;
  } finally {
    await Promise.all(listings.map((listing) => listing.end()));
  }
}

function leastOf(listings: readonly Listing[]): string | undefined {
  let least: string | undefined;
  for (const { key } of listings)
    if (key !== undefined && (least === undefined || compareKeys(key, least) < 0)) least = key;
  return least;
}

/** The keys of one tier, corrected by what it has still to be told. */
class Listing {
  /** The key that is next; undefined at the end. */
  key: string | undefined;
  error: CacheError | undefined;
  readonly #tier: Tier;
  readonly #prefix: string;
  readonly #clock: Clock;
  #iterator: AsyncIterator<readonly string[]> | undefined;
  #ended = false;
  #page: readonly string[] = [];
  #at = 0;
  /** Saved and not known to the tier; ascending. */
  #pending: string[];

  constructor(tier: Tier, prefix: string, clock: Clock) {
    this.#tier = tier;
    this.#prefix = prefix;
    this.#clock = clock;
    this.#pending = tier.backlog
      .startingWith(prefix)
      .filter(({ key, action }) => action !== 'delete' && tier.backlog.find(key, clock.now()) !== 'cleared')
      .map(({ key }) => key)
      .sort(compareKeys);
  }

  async next(): Promise<void> {
    const listed = await this.#nextListed();
    const [pending] = this.#pending;
    const isPending = pending !== undefined && (listed === undefined || compareKeys(pending, listed) <= 0);
    this.key = isPending ? pending : listed;
    if (isPending) this.#pending.shift();
    if (this.key === listed) this.#at++;
  }

  /** The next key in the tier that is not about to be deleted; it stays the next one. */
  async #nextListed(): Promise<string | undefined> {
    for (;;) {
      const key = this.#page[this.#at];
      if (key === undefined) {
        if (!(await this.#nextPage())) return undefined;
      } else if (this.#isThere(key)) return key;
      else this.#at++;
    }
  }

  #isThere(key: string): boolean {
    const pending = this.#tier.backlog.find(key, this.#clock.now());
    return pending === undefined || (pending !== 'cleared' && pending.action !== 'delete');
  }

  async #nextPage(): Promise<boolean> {
    if (this.#ended) return false;
    const answer: TierAnswer<IteratorResult<readonly string[], unknown>> = await this.#tier.ask((driver) => {
      this.#iterator ??= driver.keys(this.#prefix)[Symbol.asyncIterator]();
      return this.#iterator.next();
    });
    if (!answer.ok) this.error = answer.error;
    if (!answer.ok || answer.value.done === true) {
      this.#ended = true;
      return false;
    }
    this.#page = answer.value.value;
    this.#at = 0;
    return true;
  }

  async end(): Promise<void> {
    const iterator = this.#iterator;
    // Of one that hangs, nothing is expected any more.
    if (this.#ended || iterator?.return === undefined) return;
    this.#ended = true;
    await this.#tier.ask(async () => iterator.return?.());
  }
}
