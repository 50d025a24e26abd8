import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase, analyzerModule, type Analyzer, type AnalyzeOptions } from '../../src/index.js';
import { messageOf } from '../../src/model/errors.js';
import { readTask } from '../../src/run/read-task.js';
import type { SourcePath } from '../../src/model/ids.js';
import { realFs } from '../../src/util/fs.js';
import { contentHasher } from '../../src/util/hash.js';
import { temporaryCodebase } from '../support/temporary.js';

const unwilling = (): object => {
  let asked = 0;
  return {
    get value() {
      if (asked++ > 0) throw new Error('not again');
      return 1;
    },
  };
};
const nameless = (): Error =>
  Object.defineProperty(new Error('x'), 'message', {
    get: () => {
      throw new Error('no');
    },
  });
const thrown = (value: unknown): never => {
  throw value;
};

/** What an analyzer may do to its caller, by what it is called. */
const ODD: Readonly<Record<string, () => unknown>> = {
  'an error whose message is an object': () => thrown(Object.assign(new Error('x'), { message: { code: 5 } })),
  'an error whose message is a symbol': () => thrown(Object.assign(new Error('x'), { message: Symbol('s') })),
  'an error whose message throws': () => thrown(nameless()),
  'an object without a prototype, thrown': () => thrown(Object.create(null)),
  'a proxy that throws, thrown': () => thrown(new Proxy({}, { get: () => thrown(1), getPrototypeOf: () => thrown(1) })),
  'an answer that throws the second time': unwilling,
  'an answer that prints itself as nothing': () => Object.create({ toJSON: () => undefined }) as unknown,
  'an answer with an array that prints itself': () => ({ a: Object.assign([1], { toJSON: () => thrown(1) }) }),
  'a thenable that throws': () => ({ then: () => thrown(new Error('then')) }),
  'a BigInt': () => ({ a: 1n }),
};

const toy = (analyze: Analyzer['analyze'], id = 'toy'): Analyzer => ({ id, version: '1', analyze });

describe('odd analyzers', () => {
  for (const [name, odd] of Object.entries(ODD)) {
    for (const kind of ['at once', 'later'] as const) {
      it(`${name} (${kind}) fails its own file and no other`, async () => {
        const { root } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'two' });
        const analyze: Analyzer['analyze'] = (file) => {
          if (file.path !== 'a.txt') return 1;
          return kind === 'at once' ? odd() : Promise.resolve().then(odd);
        };
        const { totals, failures } = await analyzeCodebase({ root, codebaseId: 'odd', analyzers: [toy(analyze)] });
        expect(totals).to.include({ analyzed: 1, failed: 1 });
        expect(failures[0]?.message).to.be.a('string');
      });
    }
  }

  it('a message is text whatever was thrown', () => {
    for (const value of [null, undefined, 1n, Symbol('s'), Object.create(null), nameless(), { a: 1 }, [], () => 1])
      expect(messageOf(value)).to.be.a('string');
    expect(messageOf(new Error('one\ntwo'))).to.equal('one');
  });

  it('what an analyzer writes into the bytes is not seen by the next', async () => {
    const { root } = temporaryCodebase({ 'a.txt': 'one' });
    const spoil = toy((file) => {
      file.bytes.fill(65);
      return file.text();
    }, 'a');
    const look = toy((file) => [file.text(), Buffer.from(file.bytes).toString()], 'b');
    const run = await analyzeCodebase({ root, codebaseId: 'odd', analyzers: [spoil, look] });
    const results: unknown[] = [];
    for await (const { result } of run.results()) results.push(result);
    expect(results[1]).to.deep.equal(['one', 'one']);
  });

  describe('an analyzer that never answers', () => {
    const NEVER = `export default { id: 'never', version: '1', analyze: (file) => file.path === 'f0.txt' ? 1 : new Promise(() => {}) };`;
    const LOOP = `import { threadId } from 'node:worker_threads';
      export default { id: 'loop', version: '1', analyze() { if (threadId !== 0) for (;;); return 1; } };`;

    async function abortedAfter(analyzers: AnalyzeOptions['analyzers'], root: string): Promise<number> {
      const controller = new AbortController();
      let abortedAt = 0;
      setTimeout(() => {
        abortedAt = performance.now();
        controller.abort();
      }, 1500);
      // Without anything to wait for, Node would end the test.
      const alive = setInterval(() => undefined, 1000);
      const error: unknown = await analyzeCodebase({
        ...{ root, codebaseId: 'never', analyzers, concurrency: 2 },
        signal: controller.signal,
      }).catch((reason: unknown) => reason);
      clearInterval(alive);
      expect(error).to.have.property('code', 'CACHE_ABORTED');
      return performance.now() - abortedAt;
    }

    for (const [name, text, files] of [
      ['in this thread', NEVER, 4],
      ['in threads', NEVER, 40],
      ['for it never ends its turn, in threads', LOOP, 40],
    ] as const) {
      it(`does not hold up an abort (${name})`, async () => {
        const { root, folder } = temporaryCodebase(
          Object.fromEntries(Array.from({ length: files }, (_, index) => [`f${index}.txt`, 'text'])),
        );
        const module = path.join(folder, 'never.mjs');
        fs.writeFileSync(module, text);
        expect(await abortedAfter([analyzerModule(module)], root)).to.be.below(1500);
      });
    }

    it('keeps what the others answered before the abort', async () => {
      const { root } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'two' });
      const never = toy((file) => (file.path === 'a.txt' ? 1 : new Promise(() => undefined)));
      await abortedAfter([never], root);
      const again = await analyzeCodebase({ root, codebaseId: 'never', analyzers: [toy(() => 2)] });
      expect(again.totals).to.include({ analyzed: 1, reused: 1 });
    });
  });

  describe('a link that is put in the place of a file after the scan', () => {
    for (const kind of ['the file', 'its folder'] as const) {
      it(`is not followed out of the codebase (${kind})`, async () => {
        const { root, folder } = temporaryCodebase({ 'd/a.txt': 'one', 'd/b.txt': 'two' });
        fs.mkdirSync(path.join(folder, 'outside'));
        fs.writeFileSync(path.join(folder, 'outside/a.txt'), 'secret');
        const hasher = await contentHasher('xxh64');
        const task = {
          path: 'd/a.txt' as SourcePath,
          analyzerId: 'toy',
          contentHash: hasher.hash(Buffer.from('one')),
        };
        const options = { fs: realFs, root, hasher, maxFileBytes: 1000, takeHeld: () => undefined };
        expect(readTask(task, options)).to.have.property('ok', true);
        if (kind === 'the file') {
          fs.unlinkSync(path.join(root, 'd/a.txt'));
          fs.symlinkSync(path.join(folder, 'outside/a.txt'), path.join(root, 'd/a.txt'));
        } else {
          fs.rmSync(path.join(root, 'd'), { recursive: true });
          fs.symlinkSync(path.join(folder, 'outside'), path.join(root, 'd'));
        }
        const read = readTask(task, options);
        expect(read).to.have.property('ok', false);
        expect(read).to.have.property('message').that.contains('out of the codebase');
      });
    }
  });
});
