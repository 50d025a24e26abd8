import { expect } from 'chai';
import { project, type Project } from './support.js';

/** Reads `rules.txt` behind the back of its context, and rolls dice for what is called so. */
const SNEAKY = `
import fs from 'node:fs';
import path from 'node:path';
const rules = path.join(import.meta.dirname, '../rules' + '.ini');
export default {
  id: 'sneaky', version: '1', include: ['*.txt'], environment: ['DECLARED'],
  analyze: (file) => file.path === 'dice.txt' ? Math.random() : { rules: fs.readFileSync(rules, 'utf8') },
};
`;

async function sneaky(): Promise<Project> {
  const made = project({ 'a.txt': 'one', 'b.txt': 'two', 'rules.ini': 'old' });
  made.write({ 'tools/sneaky.mjs': SNEAKY });
  expect(await made.run('analyze', '--analyzer', 'tools/sneaky.mjs')).to.include({ exitCode: 0 });
  return made;
}

const DEEP = ['verify', '--deep', '--analyzer', 'tools/sneaky.mjs'] as const;

describe('documee verify --deep', () => {
  it('exits with 0 where every answer is the same', async () => {
    const { run } = project();
    await run('analyze');
    const { stdout, stderr, exitCode } = await run('verify', '--deep', '--sample', 'all');
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 });
    expect(stdout).to.match(/: all good\n2 of 2 kept results compared with new answers: all the same\n$/);
  });

  it('says what differs, what it may depend on and what to do, and exits with 1 once', async () => {
    const { run, write } = await sneaky();
    write({ 'rules.ini': 'new' });
    const { stdout, exitCode } = await run(...DEEP);
    expect(exitCode).to.equal(1);
    expect(stdout).to.include(
      'undeclared input: a.txt sneaky: /result/rules: kept "old", now "new"\n  perhaps rules.ini, changed ',
    );
    expect(stdout).to.include('an environment variable that it does not declare (declared: DECLARED)');
    expect(stdout).to.include('2 of 2 kept results compared with new answers: 2 different, 2 records evicted\n');
    expect(stdout).to.include('documee invalidate --analyzer sneaky');
    expect((await run('analyze', '--analyzer', 'tools/sneaky.mjs')).stdout).to.include('2 analyzed, 0 reused');
    expect((await run(...DEEP)).exitCode).to.equal(0);
    expect((await run('verify')).exitCode).to.equal(0);
  });

  it('with --json prints one document with the report of verify and what differs', async () => {
    const { run, write } = await sneaky();
    write({ 'dice.txt': '' });
    await run('analyze', '--analyzer', 'tools/sneaky.mjs');
    const { stdout, exitCode } = await run(...DEEP, '--sample', '100%', '--json');
    const { deep, ...report } = JSON.parse(stdout) as Record<string, unknown> & { deep: Record<string, unknown> };
    expect(exitCode).to.equal(1);
    expect(report).to.include({ schemaVersion: 1, codebaseId: 'shop', records: 3, repaired: 0 });
    expect(deep).to.include({ reusable: 3, sampled: 3, compared: 3, evicted: 1 });
    const [different] = deep['different'] as Record<string, unknown>[];
    expect(different).to.include({
      path: 'dice.txt',
      analyzer: 'sneaky',
      kind: 'not-deterministic',
      pointer: '/result',
    });
    expect(different?.['record']).to.match(/^[0-9a-f]{32}$/);
    expect(different?.['likelyInputs']).to.deep.equal([]);
    expect(JSON.parse((await run('verify', '--json')).stdout)).not.to.have.property('deep');
  });

  it('names analyzers that nobody gave', async () => {
    const { run } = await sneaky();
    const { stdout, stderr, exitCode } = await run('verify', '--deep');
    expect(exitCode).to.equal(0);
    expect(stdout).to.include('0 of 0 kept results');
    expect(stderr).to.include('Not asked: sneaky. Name such an analyzer with --analyzer.');
  });

  it('refuses a size that is none, and what is for --deep only', async () => {
    const { run } = project();
    await run('analyze');
    for (const [argv, message] of [
      [['--sample', '5%'], 'option --sample is for --deep only'],
      [['--analyzer', './tools/words.mjs'], 'option --analyzer is for --deep only'],
      [['--no-gitignore'], 'option --no-gitignore is for --deep only'],
      [['--deep', '--sample', '0'], 'option --sample must be'],
      [['--deep', '--sample', '0%'], 'option --sample must be'],
      [['--deep', '--sample', '101%'], 'option --sample must be'],
      [['--deep', '--sample', '1.5'], 'option --sample must be'],
      [['--deep', '--sample', 'many'], 'option --sample must be'],
    ] as const) {
      const { stderr, exitCode } = await run('verify', ...argv);
      expect(exitCode, argv.join(' ')).to.equal(2);
      expect(stderr).to.include(message);
    }
  });
});
