import { expect } from 'chai';
import { PLAIN_SETUP, toyAnalyzer, TOY_IDS, type ToyId } from '../support/dependency-analyzers.js';
import { evaluateAll, expectedAnswers, Memory, taskOf, type World } from '../support/dependency-oracle.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

describe('what dependencies are compared with', () => {
  function worldOf(ids: readonly ToyId[], files: Tree): World {
    const { root } = temporaryCodebase(files);
    return { root, environment: { TOY: '1' }, analyzers: ids.map((id) => toyAnalyzer(id, PLAIN_SETUP)) };
  }

  /** What may run now, after which everything is remembered. */
  async function mayRun(memory: Memory, { ...world }: World): Promise<string[]> {
    const all = await evaluateAll(world);
    const tasks = [...all.values()].filter((task) => memory.mayRun(task, world, all)).map(taskOf);
    for (const task of all.values()) memory.learn(task);
    return tasks;
  }

  it('answers of the toy analyzers', async () => {
    const files = { 'a.a': 'import ./d/b\nenv TOY', 'd/b.b': 'export f\nshared none', 'd/conf': 'body' };
    expect(expectedAnswers(await evaluateAll(worldOf(TOY_IDS, files)))).to.deep.equal([
      'a.a | checker | [["d/b.b",["f"]]]',
      'a.a | env-reader | [["TOY","1"]]',
      String.raw`a.a | exports | {"exports":[],"text":"import ./d/b\nenv TOY"}`,
      'a.a | folder-lister | [[".",["a.a","d"]]]',
      String.raw`a.a | imports | [["a.a","import ./d/b\nenv TOY"],["d/b.b","export f\nshared none"]]`,
      'a.a | nearest-config | null',
      'a.a | outside | []',
      'a.a | size | 40',
      'd/b.b | checker | []',
      'd/b.b | env-reader | []',
      String.raw`d/b.b | exports | {"exports":["f"],"text":"export f\nshared none"}`,
      'd/b.b | folder-lister | [["d",["b.b","conf"]]]',
      String.raw`d/b.b | imports | [["d/b.b","export f\nshared none"]]`,
      'd/b.b | nearest-config | {"place":"d/conf","text":"body"}',
      'd/b.b | outside | [["none",null]]',
      'd/b.b | size | 20',
    ]);
  });

  it('every task of a circle fails, and all that use one', async () => {
    const files = { 'a.a': 'import ./b', 'b.a': 'import ./a', 'c.a': 'import ./a', 'd.a': '' };
    expect(expectedAnswers(await evaluateAll(worldOf(['size'], files)))).to.deep.equal([
      ...['a.a | size | failed', 'b.a | size | failed', 'c.a | size | failed', 'd.a | size | 0'],
    ]);
  });

  it('what may run is what was never seen with this', async () => {
    const world = worldOf(['checker', 'exports', 'imports'], { 'a.a': 'import ./b', 'b.b': 'export f\nbody 1' });
    const memory = new Memory();
    expect(await mayRun(memory, world)).to.have.length(6);
    expect(await mayRun(memory, world)).to.deep.equal([]);
    writeTree(world.root, { 'b.b': 'export f\nbody 2' });
    expect(await mayRun(memory, world)).to.have.members(['imports a.a', 'exports b.b', 'imports b.b', 'checker b.b']);
    writeTree(world.root, { 'b.a': 'export g' });
    expect(await mayRun(memory, world)).to.include.members(['imports a.a', 'checker a.a']);
    writeTree(world.root, { 'b.a': 'export g', 'b.b': 'export f\nbody 1' });
    expect(await mayRun(memory, world), 'the shadowed file is not looked at').to.deep.equal([]);
    memory.forget(({ analyzer }) => analyzer.id === 'checker');
    expect(await mayRun(memory, world)).to.have.members(['checker a.a', 'checker b.a', 'checker b.b']);
  });
});
