/** A driver with faults: each call of the driver below may fail, hang, be late, or be refused as by a store that can only be read. */
import type { StoreCapabilities, StoreDriver } from '../../src/store/driver.js';
import { storeError } from '../../src/store/store-error.js';

export type DriverCall =
  | 'open'
  | 'loadMany'
  | 'saveMany'
  | 'createMany'
  | 'deleteMany'
  | 'statMany'
  | 'keys'
  | 'clear'
  | 'commit'
  | 'sweep'
  | 'close';

export type DriverFault =
  | { readonly kind: 'fail'; readonly error?: Error }
  | { readonly kind: 'hang' }
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'read-only' };

const WRITES: readonly DriverCall[] = ['saveMany', 'createMany', 'deleteMany', 'clear', 'commit'];

export class FaultDriver implements StoreDriver {
  readonly description: string;
  readonly #below: StoreDriver;
  readonly #claims: Partial<StoreCapabilities>;
  /** What happens in which call; without an entry nothing does. `all`: in every call. */
  readonly faults = new Map<DriverCall | 'all', DriverFault>();
  /** Every call so far. */
  readonly calls: DriverCall[] = [];

  constructor(
    below: StoreDriver,
    { description = below.description, ...claims }: Partial<StoreCapabilities> & { readonly description?: string } = {},
  ) {
    this.#below = below;
    this.description = description;
    this.#claims = claims;
  }

  get capabilities(): StoreCapabilities {
    return { ...this.#below.capabilities, ...this.#claims, leases: false };
  }

  /** How many calls of this kind there were. */
  count(call: DriverCall): number {
    return this.calls.filter((one) => one === call).length;
  }

  async #run<T>(call: DriverCall, below: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    const fault = this.faults.get(call) ?? this.faults.get('all');
    if (fault === undefined) return below();
    const { description: store } = this;
    switch (fault.kind) {
      case 'hang':
        return new Promise(() => undefined);
      case 'late':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return below();
      case 'read-only':
        if (!WRITES.includes(call)) return below();
        throw storeError('read-only', { store, action: 'save', problem: 'it is a replica' });
      case 'fail':
        throw fault.error ?? storeError('unavailable', { store, action: 'open', problem: 'injected' });
    }
  }

  open(): Promise<void> {
    return this.#run('open', () => this.#below.open());
  }
  loadMany(...args: Parameters<StoreDriver['loadMany']>): ReturnType<StoreDriver['loadMany']> {
    return this.#run('loadMany', () => this.#below.loadMany(...args));
  }
  saveMany(...args: Parameters<StoreDriver['saveMany']>): Promise<void> {
    return this.#run('saveMany', () => this.#below.saveMany(...args));
  }
  createMany(...args: Parameters<StoreDriver['createMany']>): Promise<boolean[]> {
    return this.#run('createMany', () => this.#below.createMany(...args));
  }
  deleteMany(...args: Parameters<StoreDriver['deleteMany']>): Promise<number> {
    return this.#run('deleteMany', () => this.#below.deleteMany(...args));
  }
  statMany(...args: Parameters<StoreDriver['statMany']>): ReturnType<StoreDriver['statMany']> {
    return this.#run('statMany', () => this.#below.statMany(...args));
  }
  async *keys(prefix: string): AsyncGenerator<readonly string[], void, undefined> {
    await this.#run('keys', () => Promise.resolve());
    yield* this.#below.keys(prefix);
  }
  clear(prefix: string): Promise<number> {
    return this.#run('clear', () => this.#below.clear(prefix));
  }
  commit(...args: Parameters<StoreDriver['commit']>): Promise<void> {
    return this.#run('commit', () => this.#below.commit(...args));
  }
  sweep(): Promise<number> {
    return this.#run('sweep', () => this.#below.sweep());
  }
  close(): Promise<void> {
    return this.#run('close', () => this.#below.close());
  }
}
