import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase } from '../../src/index.js';
import { loadValidators } from '../../src/schema/validate.js';
import { filesBelow } from '../support/temporary.js';
import { documee, project, WORDS } from './support.js';

const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('documee analyze', () => {
  it('says on its first run what to do next, and nothing of that on the second', async () => {
    const { run } = project();
    const first = await run('analyze');
    expect(first.stdout).to.match(/^shop: 2 files: 2 analyzed, 0 reused in .*\nCache: \.documee\/analysis\/shop\n/);
    expect(first.stdout).to.include('open .documee/analysis/shop/analysis.json').and.include('documee explain a.txt');
    expect(first).to.include({ exitCode: 0, stderr: '' });
    const second = await run('analyze');
    expect(second.stdout).to.match(/^shop: 2 files: 0 analyzed, 2 reused in .*\nCache: .*\n$/);
  });

  it('the hint of the first run works from where it is shown', async () => {
    const { root } = project();
    const { stdout } = await documee(['analyze', 'tree'], { cwd: path.dirname(root) });
    const hint = /documee (explain .*)/.exec(stdout)?.[1] ?? '';
    expect(hint).to.equal('explain a.txt -C tree');
    expect((await documee(hint.split(' '), { cwd: path.dirname(root) })).exitCode).to.equal(0);
  });

  it('the hint names a file that has a result, and there is none where nothing was analyzed', async () => {
    const { run, write } = project({ 'a.txt': 'BOOM', 'b.txt': 'three' });
    expect((await run('analyze')).stdout).to.include('documee explain b.txt');
    write({ 'b.txt': 'BOOM' });
    expect((await run('analyze', '--codebase', 'other')).stdout).not.to.include('Next:');
  });

  it('an include that leaves no file in scope is warned about', async () => {
    const { run } = project();
    for (const command of ['analyze', 'plan']) {
      const { stderr, exitCode } = await run(command, '--include', 'scr/**');
      expect({ stderr, exitCode }).to.deep.equal({
        stderr: 'warning: No file is in scope: nothing that is not excluded matches scr/**\n',
        exitCode: 0,
      });
    }
  });

  it('with --json prints one document that follows its schema', async () => {
    const { run, write } = project();
    write({ 'bad.txt': 'BOOM' });
    const { stdout, exitCode } = await run('analyze', '--json');
    const document = parse(stdout);
    expect((await loadValidators()).analyzeOutput(document)).to.equal(undefined);
    expect(document['totals']).to.deep.equal({
      files: 3,
      analyzed: 2,
      reused: 0,
      removed: 0,
      failed: 1,
      uncacheable: 0,
    });
    expect(document['failures']).to.deep.equal([
      { path: 'bad.txt', analyzer: 'words', reason: 'analyzer-threw', message: 'first line' },
    ]);
    expect(exitCode).to.equal(1);
  });

  it('a failed analysis is one line on stderr and exit code 1, also with --quiet', async () => {
    const { run, write } = project();
    write({ 'bad.txt': 'BOOM' });
    const { stdout, stderr, exitCode } = await run('analyze', '--quiet');
    expect({ stdout, stderr, exitCode }).to.deep.equal({
      stdout: '',
      stderr: 'failed: bad.txt words: first line\n',
      exitCode: 1,
    });
  });

  it('with --verbose says of every task why it ran or did not', async () => {
    const { run, write } = project();
    await run('analyze');
    write({ 'b.txt': 'three four' });
    const { stderr } = await run('analyze', '--verbose');
    expect(stderr).to.match(/^b\.txt words: content changed xxh64:[0-9a-f]{16} -> xxh64:[0-9a-f]{16}$/m);
    expect(stderr).to.match(/^a\.txt words: unchanged$/m);
  });

  it('every damaged record is reported once and made anew', async () => {
    const { run, root } = project(Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`f${index}.txt`, ''])));
    await run('analyze');
    const folder = path.join(root, '.documee/analysis/shop');
    for (const name of fs.readdirSync(folder))
      if (/^file_[0-9a-f]{32}/.test(name)) fs.truncateSync(path.join(folder, name), 300);
    const { stdout, stderr } = await run('analyze', '--json');
    expect(stderr.split('\n')).to.have.lengthOf(5);
    expect(stderr).to.match(/^warning: file_\w+\.json of the cache cannot be used and counts as absent: /);
    expect(parse(stdout)['corrupt']).to.have.lengthOf(4);
    expect(parse(stdout)['totals']).to.include({ analyzed: 4, reused: 0 });
  });

  it('a file name cannot write to the terminal', async () => {
    const { run, write } = project();
    write({ 'x\n\u001b[31m.txt': 'BOOM' });
    const { stderr } = await run('analyze');
    expect(stderr).to.equal('failed: x\\n\\e[31m.txt words: first line\n');
  });

  it('--output writes the document of --json and leaves stdout to people', async () => {
    const { run, root } = project();
    const { stdout } = await run('analyze', '--output', 'report.json');
    expect(stdout).to.match(/^shop: 2 files/);
    const document = parse(fs.readFileSync(path.join(root, 'report.json'), 'utf8'));
    expect((await loadValidators()).analyzeOutput(document)).to.equal(undefined);
    expect(fs.readdirSync(root).filter((name) => name.startsWith('.tmp'))).to.deep.equal([]);
  });

  it('--output replaces what a link stands for, and writes into a device', async () => {
    const { run, root, write } = project();
    write({ 'real.json': 'old' });
    fs.symlinkSync('real.json', path.join(root, 'link.json'));
    await run('analyze', '--output', 'link.json');
    expect(fs.lstatSync(path.join(root, 'link.json')).isSymbolicLink()).to.equal(true);
    expect(parse(fs.readFileSync(path.join(root, 'real.json'), 'utf8'))).to.include({ codebaseId: 'shop' });
    expect((await run('analyze', '--output', '/dev/null')).exitCode).to.equal(0);
    expect(fs.statSync('/dev/null').isCharacterDevice()).to.equal(true);
  });

  it('takes paths of flags relative to the current folder, those of the configuration relative to the root', async () => {
    const { root } = project();
    const folder = path.dirname(root);
    fs.writeFileSync(path.join(folder, 'other.mjs'), WORDS.replace("'words'", "'other'"));
    const fromConfig = await documee(['analyze', 'tree', '--base-path', 'cache', '--json'], { cwd: folder });
    expect(Object.keys(parse(fromConfig.stdout)['analyzers'] as object)).to.deep.equal(['words']);
    expect(filesBelow(path.join(folder, 'cache'))).to.include('shop/analysis.json');
    const fromFlag = await documee(['analyze', 'tree', '--analyzer', './other.mjs', '--json'], { cwd: folder });
    expect(Object.keys(parse(fromFlag.stdout)['analyzers'] as object)).to.deep.equal(['other']);
  });

  it('the environment says where the cache is, and a flag says it louder', async () => {
    const { root } = project();
    const env = { DOCUMEE_BASE_PATH: 'by-environment' };
    await documee(['analyze'], { cwd: root, env });
    expect(fs.readdirSync(root)).to.include('by-environment');
    await documee(['analyze', '--base-path', 'by-flag'], { cwd: root, env });
    expect(fs.readdirSync(root)).to.include('by-flag');
  });

  it('a codebase without any name is moved, renamed or copied with its cache and nothing runs again', async () => {
    const { root, write } = project();
    write({ 'documee.config.yaml': 'analyzers: [./tools/words.mjs]\n' });
    await documee(['analyze'], { cwd: root });
    const [copy, moved] = [`${root}-copy`, `${root}-moved`];
    fs.cpSync(root, copy, { recursive: true });
    fs.renameSync(root, moved);
    for (const cwd of [copy, moved]) {
      const { totals, codebaseId } = parse((await documee(['analyze', '--json'], { cwd })).stdout);
      expect(totals).to.include({ analyzed: 0, reused: 2 });
      expect(codebaseId).to.equal(path.basename(root));
      const run = await analyzeCodebase({ root: cwd, analyzers: [] });
      expect(run.codebaseId).to.equal(codebaseId);
      await run.close();
    }
  });

  it('a root reached through a link is the same codebase', async () => {
    const { root, run } = project();
    await run('analyze');
    fs.symlinkSync(root, path.join(path.dirname(root), 'link'));
    const { stdout } = await documee(['analyze', '../link', '--json', '--no-gitignore'], { cwd: root });
    expect(parse(stdout)['totals']).to.include({ files: 2, analyzed: 0, reused: 2 });
  });

  it('a cache folder that cannot be written costs a warning and no result', async () => {
    const { run, write } = project();
    write({ cache: 'a file stands here' });
    const { exitCode, stdout, stderr } = await run('analyze', '--json', '--base-path', 'cache/below');
    expect(exitCode).to.equal(0);
    expect(parse(stdout)['totals']).to.include({ analyzed: 2 });
    expect(stderr).to.match(/^warning: .*\[CACHE_\w+\]\n$/);
  });

  it('a cache folder that everybody can write is not used, and the warning says how to close it', async function () {
    if (process.getuid === undefined) this.skip();
    const { run, root } = project();
    fs.mkdirSync(path.join(root, '.documee'));
    fs.chmodSync(path.join(root, '.documee'), 0o777);
    const { exitCode, stderr } = await run('analyze');
    expect(exitCode).to.equal(0);
    expect(stderr).to.match(/^warning: .* can be written by every user, .*chmod o-w.* \[CACHE_FOLDER_UNSAFE\]\n$/);
  });

  it('a bar appears on a terminal when a run lasts, and is gone at the end', async () => {
    const { root, write } = project({ 'a.txt': '1', 'b.txt': '2', 'c.txt': '3', 'd.txt': '4' });
    const pause = 'async analyze(file) { await new Promise((resolve) => setTimeout(resolve, 250));';
    write({ 'tools/words.mjs': WORDS.replace('analyze(file) {', pause) });
    const { root: quickRoot } = project();
    expect((await documee(['analyze'], { cwd: quickRoot, isTTY: true })).stderr).to.equal('');
    const slow = await documee(['analyze', '--concurrency', '1', '--force', '--json'], { cwd: root, isTTY: true });
    expect(slow.stderr).to.match(/Analyzing \S+ \d\/4 files {2}[\d.]+\/s {2}\d+ s left/);
    // Back to the first column, and the whole line erased.
    expect(slow.stderr.endsWith('\u001b[1G\u001b[2K')).to.equal(true);
    expect(parse(slow.stdout)).to.include({ codebaseId: 'shop' });
    const off = await documee(['analyze', '--concurrency', '1', '--force', '--no-progress'], {
      cwd: root,
      isTTY: true,
    });
    expect(off.stderr).to.equal('');
  });

  it('an abort keeps what was finished, says how much, and exits like the signal', async () => {
    // Four tasks run in this thread; more would need the compiled worker.
    const { root, run, write } = project({ 'a.txt': '1', 'b.txt': '2', 'c.txt': '3', 'd.txt': '4' });
    const pause = 'async analyze(file) { await new Promise((resolve) => setTimeout(resolve, 20));';
    write({ 'tools/words.mjs': WORDS.replace('analyze(file) {', pause) });
    const controller = new AbortController();
    const aborted = await documee(['analyze', '--verbose', '--concurrency', '1'], {
      cwd: root,
      signal: controller.signal,
      onStderr: () => controller.abort('SIGTERM'),
    });
    expect(aborted.exitCode).to.equal(143);
    const kept = Number(/(\d+) finished result/.exec(aborted.stderr)?.[1]);
    expect(aborted.stderr).to.include('[CACHE_ABORTED]');
    expect(kept).to.be.within(1, 3);
    const { stdout } = await run('analyze', '--json');
    expect(parse(stdout)['totals']).to.include({ reused: kept, analyzed: 4 - kept });
  });
});

describe('documee plan and explain', () => {
  it('a plan lists what would run by reason, and does nothing', async () => {
    const { run, root, write } = project();
    const before = await run('plan');
    expect(before.stdout).to.match(
      /^2 tasks would run, 0 would be reused\n\nnever analyzed before \(2\)\n {2}a\.txt {2}words {2}xxh64:/,
    );
    expect(fs.existsSync(path.join(root, '.documee'))).to.equal(false);
    await run('analyze');
    write({ 'c.txt': 'new' });
    const { stdout } = await run('plan');
    expect(stdout).to.include('never analyzed before (1)').and.include('unchanged (2)').and.not.include('a.txt');
  });

  it('a plan says how many results would be dropped', async () => {
    const { run, root } = project();
    await run('analyze');
    fs.rmSync(path.join(root, 'b.txt'));
    const { stdout } = await run('plan');
    expect(stdout).to.match(/^0 tasks would run, 1 would be reused, 1 result would be dropped\n/);
    expect(parse((await run('plan', '--json')).stdout)['totals']).to.include({ removed: 1 });
  });

  it('a long plan says how much it left out', async () => {
    const { run } = project(Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`f${index}.txt`, ''])));
    expect((await run('plan')).stdout).to.include('... and 5 more lines (--verbose shows all)');
    expect((await run('plan', '--verbose')).stdout)
      .to.include('f9.txt')
      .and.not.include('...');
  });

  it('plan --json follows its schema and has every task with its reason', async () => {
    const { run } = project();
    await run('analyze');
    const document = parse((await run('plan', '--json')).stdout);
    expect((await loadValidators()).planOutput(document)).to.equal(undefined);
    expect(document['tasks']).to.deep.equal(
      ['a.txt', 'b.txt'].map((file) => ({
        path: file,
        analyzer: 'words',
        decision: 'reuse',
        reason: { kind: 'unchanged' },
      })),
    );
    expect(document['totals']).to.deep.equal({ files: 2, run: 0, possible: 0, reuse: 2, removed: 0 });
  });

  it('explain shows each input with its old and its new value', async () => {
    const { run, write } = project();
    await run('analyze');
    expect((await run('explain', './a.txt')).stdout).to.include('words: would be reused: unchanged');
    write({ 'a.txt': 'one two three' });
    const { stdout } = await run('explain', 'a.txt');
    expect(stdout).to.include('words: would run: content changed xxh64:');
    expect(stdout).to.match(/^ {2}content +changed {2}xxh64:\w+ -> xxh64:\w+$/m);
    expect(stdout).to.match(/^ {2}analyzer version +same +1$/m);
    expect(parse((await run('explain', 'a.txt', '--json')).stdout)).to.include({ schemaVersion: 1, path: 'a.txt' });
    write({ 'tools/newer.mjs': WORDS.replace("version: '1'", "version: '2'") });
    const both = (await run('explain', 'a.txt', '--analyzer', './tools/newer.mjs')).stdout;
    expect(both.match(/1 -> 2/g)).to.have.lengthOf(1);
  });
});

describe('documee results', () => {
  it('prints sorted lines with sorted keys; --stable leaves out what differs between equal runs', async () => {
    const { run } = project();
    const stable = await run('results', '--stable');
    expect(stable.stdout).to.match(
      /^\{"analyzer":"words","contentHash":"xxh64:\w+","path":"a\.txt","result":\{"words":2\}\}\n\{.*"path":"b\.txt".*\}\n$/,
    );
    expect((await run('results', '--stable')).stdout).to.equal(stable.stdout);
    const [line = ''] = (await run('results')).stdout.split('\n');
    expect(Object.keys(parse(line))).to.deep.equal([
      'analyzer',
      'contentHash',
      'durationMs',
      'path',
      'result',
      'reused',
    ]);
  });

  it('serves what is current, also after a change', async () => {
    const { run, write } = project();
    await run('analyze');
    write({ 'a.txt': 'only' });
    expect((await run('results', '--stable')).stdout).to.include('"path":"a.txt","result":{"words":1}');
  });

  it('an error is a line of JSON, too', async () => {
    const { run } = project();
    const { stdout } = await run('results', '--json', '--codebase', 'a/b');
    expect(stdout.split('\n')).to.have.lengthOf(2);
    expect(parse(stdout)['error']).to.include({ code: 'CACHE_BAD_CODEBASE_ID' });
  });
});

describe('documee on what is kept', () => {
  it('show prints the record of a file, or of one of its analyzers', async () => {
    const { run } = project();
    await run('analyze');
    expect((await run('show', 'a.txt')).stdout).to.match(/^a\.txt words 1\n {2}key +\w{32}\n[^]*"words": 2\n\}\n$/);
    const { records } = parse((await run('show', 'a.txt', '--json')).stdout) as {
      records: Record<string, { result: unknown }>;
    };
    expect(records['words']?.result).to.deep.equal({ words: 2 });
    expect((await run('show', 'a.txt', '--analyzer', 'other')).exitCode).to.equal(2);
  });

  it('list names the codebases of a cache, and says what to do where there are none', async () => {
    const { run } = project();
    const empty = await run('list');
    expect(empty).to.include({ stdout: '', exitCode: 0 });
    expect(empty.stderr).to.include('documee analyze');
    await run('analyze');
    expect((await run('list')).stdout).to.match(/^codebase +files +size without history +last change\nshop +2 /);
    expect(parse((await run('list', '--json')).stdout)).to.include({ schemaVersion: 1 });
  });

  it('history and diff show what a version changed', async () => {
    const { run, write } = project();
    await run('analyze');
    write({ 'a.txt': 'one', 'c.txt': 'new' });
    await run('analyze');
    const { versions } = parse((await run('history', '--json')).stdout) as { versions: { versionId: string }[] };
    const [now = '', before = ''] = versions.map(({ versionId }) => versionId);
    expect((await run('history')).stdout.split('\n')).to.have.lengthOf(4);
    const { stdout } = await run('diff', before, now);
    expect(stdout).to.equal(
      '1 file added, 0 files removed, 2 results differ\n  changed   a.txt  words\n  appeared  c.txt  words\n',
    );
    expect(parse((await run('diff', before, now, '--json')).stdout)).to.include({
      schemaVersion: 1,
      from: before,
      to: now,
    });
  });

  it('diff says how many results were made anew and came out equal', async () => {
    const { run, write } = project();
    await run('analyze');
    write({ 'a.txt': 'three four' });
    await run('analyze');
    const { versions } = parse((await run('history', '--json')).stdout) as { versions: { versionId: string }[] };
    const [now = '', before = ''] = versions.map(({ versionId }) => versionId);
    expect((await run('diff', before, now)).stdout).to.equal(
      '0 files added, 0 files removed, 0 results differ\n1 result of changed inputs came out equal\n',
    );
  });

  it('invalidate says where nothing matches, and which analyzers there are', async () => {
    const { run } = project();
    await run('analyze');
    const says = 'Nothing kept for shop matches; its analyzers are words\n';
    expect((await run('invalidate', '--analyzer', 'wrods')).stdout).to.equal(says);
    expect((await run('invalidate', '--path', 'none/**')).stdout).to.equal(says);
    expect((await run('plan')).stdout).to.match(/^0 tasks would run, 2 would be reused/);
  });

  it('invalidate makes everything, or a part, run again', async () => {
    const { run } = project();
    await run('analyze');
    expect((await run('invalidate', 'shop', '--path', 'a.*')).stdout).to.equal(
      'Invalidated shop: 1 file affected, 1 record removed\n',
    );
    expect((await run('plan')).stdout).to.match(
      /^1 task would run, 1 would be reused\nabout .+\n\ninvalidated \(1\)\n {2}a\.txt/,
    );
    await run('analyze');
    expect((await run('invalidate')).stdout).to.equal('Invalidated shop: 2 files affected, 2 records removed\n');
    expect((await run('plan')).stdout).to.match(/^2 tasks would run/);
  });

  it('invalidating a codebase that has nothing yet leaves no trace', async () => {
    const { run, root } = project();
    expect(await run('invalidate')).to.include({
      exitCode: 0,
      stdout: 'Invalidated shop: 0 files affected, 0 records removed\n',
    });
    expect(fs.existsSync(path.join(root, '.documee'))).to.equal(false);
  });

  it('stats adds up the runs of this machine', async () => {
    const { run } = project();
    await run('analyze');
    await run('analyze');
    const document = parse((await run('stats', '--json')).stdout);
    expect(document).to.include({ schemaVersion: 1, codebaseId: 'shop', runs: 2, hitRate: 0.5, files: 2 });
    expect((await run('stats')).stdout).to.match(/hit rate +50 % +2 reused, 2 analyzed, 0 failed/);
  });

  it('verify exits with 1 where it found anything, and --repair makes room for the next run', async () => {
    const { run, root } = project();
    await run('analyze');
    expect(await run('verify')).to.include({ exitCode: 0, stderr: '' });
    const folder = path.join(root, '.documee/analysis/shop');
    const [name = ''] = fs
      .readdirSync(folder)
      .filter((each) => each.startsWith('file_') && each !== 'file_hashes.json');
    fs.appendFileSync(path.join(folder, name), ' ');
    const found = await run('verify');
    expect(found.exitCode).to.equal(1);
    expect(found.stdout).to.match(new RegExp(`^bad: ${name}: .*\n.*1 problem\n$`));
    expect((await run('verify', '--repair')).stdout).to.include('1 document removed to be made anew');
    expect((await run('analyze')).stdout).to.include('1 analyzed');
    expect((await run('verify')).exitCode).to.equal(0);
  });

  it('prune --dry-run removes nothing that prune would remove', async () => {
    const { run, write, root } = project();
    await run('analyze');
    write({ 'a.txt': 'changed' });
    await run('analyze');
    const limits = ['--keep-versions', '1', '--max-age-days', '0', '--grace-hours', '0'];
    const before = filesBelow(path.join(root, '.documee'));
    expect((await run('prune', '--dry-run', ...limits)).stdout).to.match(/^Would remove 1 record, 1 version /);
    expect(filesBelow(path.join(root, '.documee'))).to.deep.equal(before);
    expect((await run('prune', ...limits)).stdout).to.match(/^Removed 1 record, 1 version /);
    expect((await run('prune', '--json')).stdout).to.include('"removedRecords": 0');
  });

  it('config show says where each value came from', async () => {
    const { run, root } = project();
    const { stdout } = await documee(['config', 'show', '--concurrency', '3'], {
      cwd: root,
      env: { DOCUMEE_BASE_PATH: 'c' },
    });
    expect(stdout).to.match(/^codebase +"shop" +\(file documee\.config\.yaml:1\)$/m);
    expect(stdout).to.match(/^basePath +".*\/c" +\(environment DOCUMEE_BASE_PATH\)$/m);
    expect(stdout).to.match(/^concurrency +3 +\(flag --concurrency\)$/m);
    expect(stdout).to.match(/^gitignore +true +\(default\)$/m);
    expect(parse((await run('config', 'show', '--json')).stdout)).to.include({
      schemaVersion: 1,
      file: 'documee.config.yaml',
    });
  });
});
