import { expect } from 'chai';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { RunEvent } from '../../src/model/event.js';
import { MemoryDriver } from '../../src/store/drivers/memory.js';
import { FailFastDocuments } from '../../src/store/documents/fail-fast-documents.js';
import { StoreDocuments } from '../../src/store/documents/store-documents.js';
import { storeError } from '../../src/store/store-error.js';
import { Store } from '../../src/store/store.js';
import { Circuit } from '../../src/store/tiered/circuit.js';
import { Calls, canonicalLines, wordCount } from '../support/oracle.js';
import { temporaryCodebase } from '../support/temporary.js';

/** Once it is gone, every call is counted and fails. */
class LosableDriver extends MemoryDriver {
  isGone = false;
  askedInVain = 0;

  override async createMany(...args: Parameters<MemoryDriver['createMany']>): Promise<boolean[]> {
    this.#assertThere('create');
    return super.createMany(...args);
  }

  override async loadMany(...args: Parameters<MemoryDriver['loadMany']>): ReturnType<MemoryDriver['loadMany']> {
    this.#assertThere('load');
    return super.loadMany(...args);
  }

  override async statMany(...args: Parameters<MemoryDriver['statMany']>): ReturnType<MemoryDriver['statMany']> {
    this.#assertThere('load');
    return super.statMany(...args);
  }

  #assertThere(action: 'create' | 'load'): void {
    if (!this.isGone) return;
    this.askedInVain++;
    throw storeError('unavailable', { store: this.description, action, problem: 'there is nobody' });
  }
}

describe('documents in a store that cannot be reached', () => {
  it('are asked for once, and again after a while', async () => {
    let nowMs = 0;
    const driver = new LosableDriver();
    const circuit = new Circuit({ failures: 1, openMs: 1000, clock: { nowMs: () => nowMs } });
    const documents = new FailFastDocuments(new StoreDocuments(await Store.open(driver)), circuit);
    const outcomeOf = (): Promise<string> =>
      documents.loadMany(['a'], { maxBytes: 10 }).then(
        () => 'answered',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await outcomeOf()).to.equal('answered');
    driver.isGone = true;
    for (let count = 0; count < 5; count++) expect(await outcomeOf()).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(driver.askedInVain).to.equal(1);
    nowMs = 1000;
    expect(await outcomeOf()).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(driver.askedInVain).to.equal(2);
    driver.isGone = false;
    nowMs = 2000;
    expect(await outcomeOf()).to.equal('answered');
  });

  it('cost a run a few calls, not one for each of its results', async () => {
    const tree = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}.md`, `text ${index}`]));
    const { root } = temporaryCodebase(tree);
    const driver = new LosableDriver();
    const store = await Store.open(driver);
    const events: RunEvent[] = [];
    let analyzed = 0;
    const words = wordCount(new Calls());
    const losing: typeof words = {
      ...words,
      async analyze(file, context) {
        // What was analyzed before is kept by now.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (++analyzed === 150) driver.isGone = true;
        return words.analyze(file, context);
      },
    };
    const options = { root, store, environment: {}, onEvent: (event: RunEvent) => void events.push(event) };
    const run = await analyzeCodebase({ ...options, analyzers: [losing] });
    expect((await canonicalLines(run)).length).to.be.at.least(200);
    expect(driver.askedInVain).to.be.within(1, 4);
    const codes = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    expect(new Set(codes).size).to.equal(codes.length);
  });
});
