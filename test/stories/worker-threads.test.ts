import { expect } from 'chai';
import { analyzerModule } from '../../src/run/load-analyzer.js';
import { observe } from '../support/oracle.js';
import { PLAIN_SETUP, type ToyId } from '../support/dependency-analyzers.js';
import { TOY_MODULE } from '../support/dependency-module.js';
import { Story } from '../support/dependency-story.js';

describe('story: analyzers that run in worker threads', () => {
  const ids: readonly ToyId[] = ['imports', 'exports', 'checker', 'nearest-config', 'env-reader'];
  const names = ['one', 'two', 'three', 'four', 'five', 'six'];
  const story = new Story(ids, {
    ...Object.fromEntries(names.map((name) => [`${name}.a`, `import ./base\nexport ${name}\nenv TOY`])),
    'base.a': 'export base',
  });

  async function runInThreads(): Promise<string[]> {
    const setup = { ...PLAIN_SETUP };
    const analyzers = ids.map((id) => analyzerModule(TOY_MODULE, { id, setup }));
    const { run, of } = await observe({ ...story.options(), analyzers, concurrency: 2 });
    await run.close();
    return of('task-finished')
      .map(({ analyzer, path }) => `${analyzer} ${path}`)
      .sort();
  }

  it('record what they read, and depend on it', async function () {
    this.timeout(60_000);
    expect(await runInThreads()).to.have.length(35);
    expect(await runInThreads()).to.deep.equal([]);
    story.edit({ 'base.a': 'export bottom' });
    const users = names.map((name) => `${name}.a`);
    expect(await runInThreads()).to.deep.equal(
      [
        ...['checker base.a', 'env-reader base.a', 'exports base.a', 'imports base.a', 'nearest-config base.a'],
        ...users.flatMap((name) => [`checker ${name}`, `imports ${name}`]),
      ].sort(),
    );
    story.environment['TOY'] = '1';
    expect(await runInThreads()).to.deep.equal(users.map((name) => `env-reader ${name}`).sort());
    story.edit({ conf: 'body' });
    expect(await runInThreads()).to.deep.equal([...users, 'base.a'].map((name) => `nearest-config ${name}`).sort());
    expect(await runInThreads()).to.deep.equal([]);
  });
});
