import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../util/clock.js';
import type { LeaseDriver } from '../../driver.js';
import type { ObjectHead, ObjectMetadata, PutCondition } from './object-client.js';
import { metadataOf, writerOf } from './object-metadata.js';
import type { ObjectNames } from './object-names.js';
import type { Call, Requests } from './object-requests.js';

const TOKEN = 'documeetoken';
const TTL_MS = 'documeettlms';

/** Dates of HTTP are cut to whole seconds: so much later than they say a lease has certainly ended. */
const DATE_RESOLUTION_MS = 1000;

/** How long after its end `sweep` may remove a lease, so that clocks that differ remove none that is held. */
const KEPT_MS = 10 * 60_000;

/** Leases whose first sight is remembered. */
const MAX_SEEN = 10_000;

/**
 * Leases as objects that are written under a condition: where there is none, or in the place of exactly that one which has ended. It has ended
 * by the server's dates, or when this process has seen the same one for its whole length, which is exact and takes no clock.
 */
export class ObjectLeases implements LeaseDriver {
  readonly #requests: Requests;
  readonly #names: ObjectNames;
  readonly #clock: Clock;
  /** By name of the object: which version was first seen when, by `performance.now()`. */
  readonly #seen = new Map<string, { readonly version: string; readonly at: number }>();

  constructor(requests: Requests, names: ObjectNames, clock: Clock) {
    this.#requests = requests;
    this.#names = names;
    this.#clock = clock;
  }

  acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    const distinct = [...new Set(names)];
    return this.#requests.run('lease', async (call) => {
      const taken = await Promise.all(
        distinct.map((name) => this.#acquire(call, this.#names.lease(name), token, ttlMs)),
      );
      const byName = new Map(distinct.map((name, index) => [name, taken[index] ?? false]));
      return names.map((name) => byName.get(name) ?? false);
    });
  }

  async releaseMany(names: readonly string[], token: string): Promise<void> {
    await this.#requests.run('lease', async (call) => {
      await Promise.all([...new Set(names)].map((name) => this.#release(call, this.#names.lease(name), token)));
    });
  }

  async #acquire(call: Call, name: string, token: string, ttlMs: number): Promise<boolean> {
    if (await this.#put(call, name, token, ttlMs, { if: 'absent' })) return true;
    const held = await this.#head(call, name);
    if (held === undefined) return this.#put(call, name, token, ttlMs, { if: 'absent' });
    if (held.metadata[TOKEN] !== encodeToken(token) && !this.#hasEnded(name, held)) return false;
    return this.#put(call, name, token, ttlMs, { if: 'version', version: held.version });
  }

  /** Replaced by one that has ended, not deleted: no vendor but one deletes under a condition, and another may have taken it meanwhile. */
  async #release(call: Call, name: string, token: string): Promise<void> {
    const held = await this.#head(call, name);
    if (held?.metadata[TOKEN] !== encodeToken(token)) return;
    await this.#put(call, name, '', 0, { if: 'version', version: held.version });
  }

  #head(call: Call, name: string): Promise<ObjectHead | undefined> {
    return call.send((client, { signal }) => client.head(name, { signal }));
  }

  /** The bytes are new each time, since an ETag may be a digest of them. */
  async #put(call: Call, name: string, token: string, ttlMs: number, condition: PutCondition): Promise<boolean> {
    const bytes = Buffer.from(randomUUID());
    const metadata = this.#metadata(token, ttlMs, bytes.toString());
    const version = await call.send(async (client, { signal, number }) => {
      const answer = await client.put(name, bytes, { condition, metadata, signal });
      if (answer !== 'refused') return answer.version;
      // The first try may have been done although no answer came.
      const now = number === 0 ? undefined : await client.head(name, { signal });
      return now !== undefined && writerOf(now.metadata) === bytes.toString() ? now.version : undefined;
    });
    if (version !== undefined) this.#see(name, version);
    return version !== undefined;
  }

  #metadata(token: string, ttlMs: number, writer: string): ObjectMetadata {
    const savedAt = this.#clock.now();
    const facts = metadataOf({ savedAt, expiresAt: savedAt + ttlMs + KEPT_MS, writer });
    return { ...facts, [TOKEN]: encodeToken(token), [TTL_MS]: String(Math.ceil(ttlMs)) };
  }

  #hasEnded(name: string, held: ObjectHead): boolean {
    const ttlMs = Number(held.metadata[TTL_MS] ?? 0);
    if (ttlMs === 0) return true;
    const seenForMs = performance.now() - this.#see(name, held.version);
    const ageMs = held.answeredAt === undefined ? 0 : held.answeredAt - held.modifiedAt;
    return seenForMs >= ttlMs || ageMs >= ttlMs + DATE_RESOLUTION_MS;
  }

  #see(name: string, version: string): number {
    const seen = this.#seen.get(name);
    if (seen?.version === version) return seen.at;
    const at = performance.now();
    this.#seen.delete(name);
    this.#seen.set(name, { version, at });
    const oldest = this.#seen.size > MAX_SEEN ? this.#seen.keys().next().value : undefined;
    if (oldest !== undefined) this.#seen.delete(oldest);
    return at;
  }
}

/** Begins with a letter also where the token is empty: Azure refuses empty values. */
function encodeToken(token: string): string {
  return `t${Buffer.from(token).toString('base64url')}`;
}
