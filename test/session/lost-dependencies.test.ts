import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Analyzer } from '../../src/model/analyzer.js';
import { openCache } from '../persistence/committed.js';
import { Calls, observe, type Observed } from '../support/oracle.js';
import { filesBelow, temporaryCodebase, writeTree } from '../support/temporary.js';

describe('dependencies.json that was lost', () => {
  let root = '';
  let basePath = '';
  let place = '';
  const calls = new Calls();
  const follows: Analyzer = {
    id: 'follows',
    version: '1',
    include: ['*.md'],
    analyze(file, context) {
      calls.add('follows', file.path);
      return context.readText(`${file.path}.dep`) ?? null;
    },
  };
  const run = async (): Promise<string[]> => {
    const { run: done }: Observed = await observe({ root, basePath, codebaseId: 'shop', analyzers: [follows] });
    for await (const { path: file, result } of done.results())
      expect(result, file).to.equal(fs.readFileSync(path.join(root, `${file}.dep`), 'utf8'));
    return calls.take();
  };
  const recordOf = async (file: string): Promise<string> => {
    const analysis = await (await openCache(basePath)).openAnalysis();
    return path.join(place, `file_${analysis?.recordsOf(file)?.get('follows') ?? ''}.json`);
  };
  const dependencies = (): string => path.join(place, 'dependencies.json');

  beforeEach(async () => {
    ({ root, basePath } = temporaryCodebase({ 'a.md': 'a', 'a.md.dep': '1', 'b.md': 'b', 'b.md.dep': '2' }));
    place = path.join(basePath, 'shop');
    expect(await run()).to.deep.equal(['follows a.md', 'follows b.md']);
    expect(filesBelow(place)).to.include('dependencies.json');
  });

  for (const [what, lose] of Object.entries({
    'is gone': (): void => fs.rmSync(dependencies()),
    'was edited': (): void => fs.appendFileSync(dependencies(), '\n'),
    'was emptied': (): void => fs.truncateSync(dependencies()),
  })) {
    it(`is written again, and nothing runs for that: ${what}`, async () => {
      const good = fs.readFileSync(dependencies(), 'utf8');
      lose();
      expect(await run()).to.deep.equal([]);
      expect(fs.readFileSync(dependencies(), 'utf8')).to.equal(good);
      writeTree(root, { 'a.md.dep': '3' });
      expect(await run()).to.deep.equal(['follows a.md']);
      expect(await run()).to.deep.equal([]);
    });
  }

  it('re-runs what lost its record as well, and knows its dependencies afterwards', async () => {
    fs.rmSync(dependencies());
    fs.truncateSync(await recordOf('a.md'), 300);
    expect(await run()).to.deep.equal(['follows a.md']);
    writeTree(root, { 'a.md.dep': '4' });
    expect(await run()).to.deep.equal(['follows a.md']);
    expect(await run()).to.deep.equal([]);
  });

  it('is checked by the first run on another machine, before it is believed', async () => {
    fs.rmSync(path.join(place, 'scan-cache.bin'));
    fs.writeFileSync(dependencies(), '{}\n');
    const long = new Date(Date.now() - 1e9);
    fs.utimesSync(dependencies(), long, long);
    expect(await run()).to.deep.equal([]);
    writeTree(root, { 'b.md.dep': '5' });
    expect(await run()).to.deep.equal(['follows b.md']);
  });
});
