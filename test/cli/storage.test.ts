import { expect } from 'chai';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from '../../src/cli/parse.js';
import type { Options } from '../../src/cli/options.js';
import { COMMANDS } from '../../src/cli/command-table.js';
import { analyzeOptions, loadSettings, remoteFlags } from '../../src/cli/settings.js';
import { Console } from '../../src/cli/console.js';
import type { AnalyzeOptions } from '../../src/index.js';
import { documee, project } from './support.js';

function parsed(...argv: string[]): Options {
  const answer = parse(argv);
  if (answer.kind !== 'run') throw new Error('Expected a command to be found');
  return answer.options;
}

function refusalOf(...argv: string[]): string {
  try {
    parse(argv);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

/** What `analyze` hands to the library. */
async function handedOver(
  root: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<AnalyzeOptions> {
  const options = parsed('analyze', ...argv);
  const stream = { write: () => true, once: () => undefined };
  const around = { stdout: stream, stderr: stream, env, cwd: root };
  const invocation = { ...around, arguments: [], options, console: await Console.open(around, options) };
  return analyzeOptions(await loadSettings(invocation, { flags: remoteFlags(options) }), invocation);
}

describe('stores and remote on the command line', () => {
  it('--shard is a part of a whole, and nothing else', () => {
    expect(parsed('analyze', '--shard', '2/5').shard).to.deep.equal({ index: 2, count: 5 });
    expect(parsed('plan', '--shard=1000/1000').shard).to.deep.equal({ index: 1000, count: 1000 });
    for (const text of ['0/3', '4/3', '1/1001', '1', '1/', '/3', '1/3/5', '-1/3', '1.5/3', '1e0/3', ' 1/3', 'a/b', ''])
      expect(refusalOf('analyze', '--shard', text), text).to.match(/^option --shard (must be I\/N|needs a value)/);
  });

  it('--remote and --no-remote are one option, of every command that analyzes', () => {
    for (const { name, analyzes, passesOn } of COMMANDS) {
      if (analyzes !== true || passesOn === true) continue;
      expect(parsed(name, '--remote', 'redis://h').remote, name).to.equal('redis://h');
      expect(parsed(name, '--no-remote').remote, name).to.equal(false);
      expect(parsed(name), name).not.to.have.property('remote');
    }
    expect(parsed('exec', '--id', 'x', '--no-remote', '--shard', '1/2', '--', 'tool')).to.include({ remote: false });
    expect(refusalOf('analyze', '--remote-mode', 'reed')).to.match(/^option --remote-mode must be read or write or/);
  });

  it('a password in a flag that is not known here is not repeated', async () => {
    const { run } = project();
    const { exitCode, stdout, stderr } = await run('list', '--remote=redis://u:hunter2@h', '--json');
    expect(exitCode).to.equal(2);
    expect(stdout + stderr)
      .to.match(/unknown option/)
      .and.not.to.include('hunter2');
  });

  it('the library is handed store, remote and shard, and none of them where nobody said anything', async () => {
    const { root } = project();
    const options = await handedOver(root, ['--store', 'memory', '--remote', 'redis://u:pw@h', '--shard', '1/2'], {
      CI: '1',
    });
    expect(options).to.deep.include({
      store: { type: 'memory' },
      remote: { store: 'redis://u:pw@h', mode: 'read', budgetMs: 2000, leases: true },
      shard: { index: 1, count: 2 },
    });
    expect(await handedOver(root, [])).not.to.have.any.keys('store', 'remote', 'shard');
  });

  it('config show never prints a password, and says where each value came from', async () => {
    const { root, write } = project();
    write({
      'documee.config.yaml':
        'codebase: shop\nstores:\n  redis: { url: "redis://user:${DOCUMEE_PW}@host/0" }\nremote: { store: redis, scope: main }\n',
    });
    const env = { DOCUMEE_PW: 'hunter2', DOCUMEE_SIGNING_KEY: 'hunter2' };
    const text = await documee(['config', 'show', '--store', 'sqlite:a.db', '--remote-mode', 'read'], {
      cwd: root,
      env,
    });
    expect(text.stdout).to.match(/^store +"sqlite:a\.db" +\(flag --store\)$/m);
    expect(text.stdout).to.match(
      /^stores\.redis\.url +"redis:\/\/user:\*\*\*@host\/0" +\(file documee\.config\.yaml:3\)$/m,
    );
    expect(text.stdout).to.match(/^remote\.url +"redis" +\(file documee\.config\.yaml:4\)$/m);
    expect(text.stdout).to.match(/^remote\.mode +"read" +\(flag --remote-mode\)$/m);
    expect(text.stdout).to.match(/^remote\.signing\.privateKey +"\*\*\*" +\(environment DOCUMEE_SIGNING_KEY\)$/m);
    const json = await documee(['config', 'show', '--json', '--verbose'], { cwd: root, env });
    expect(JSON.parse(json.stdout)).to.have.nested.property('values.stores.redis.url', 'redis://user:***@host/0');
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.to.include('hunter2');
    const unset = await documee(['config', 'show'], { cwd: root });
    expect([unset.exitCode, unset.stderr]).to.satisfy(
      () => unset.exitCode === 2 && unset.stderr.includes('set the environment variable DOCUMEE_PW'),
    );
  });

  describe('keys new', () => {
    it('writes a pair that fits, prints the public key alone, and says what to put where', async () => {
      const { root, run } = project();
      const { exitCode, stdout, stderr } = await run('keys', 'new', '--out', 'ci.pem');
      expect([exitCode, stdout]).to.satisfy(() => exitCode === 0 && /^documee-ed25519:[\w+/]{43}=\n$/.test(stdout));
      const file = path.join(root, 'ci.pem');
      const pem = fs.readFileSync(file, 'utf8');
      if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).to.equal(0o600);
      const raw = crypto.createPublicKey(pem).export({ format: 'jwk' }).x ?? '';
      expect(stdout).to.equal(`documee-ed25519:${Buffer.from(raw, 'base64url').toString('base64')}\n`);
      expect(stderr).to.include('DOCUMEE_SIGNING_KEY').and.include('DOCUMEE_PUBLIC_KEYS').and.include('ci.pem');
      expect(stdout + stderr).not.to.include(pem.split('\n')[1]);
      const signing = (await handedOver(root, ['--remote', 'redis://h'], { DOCUMEE_SIGNING_KEY: pem })) as object;
      expect(signing).to.have.nested.property('remote.mode', 'read-write');
    });

    it('never overwrites a key', async () => {
      const { root, run } = project();
      await run('keys', 'new');
      const before = fs.readFileSync(path.join(root, 'documee-signing-key.pem'), 'utf8');
      const { exitCode, stderr } = await run('keys', 'new');
      expect([exitCode, stderr]).to.satisfy(() => exitCode === 2 && stderr.includes('is there already'));
      expect(fs.readFileSync(path.join(root, 'documee-signing-key.pem'), 'utf8')).to.equal(before);
    });

    it('with --json prints one document without the private key', async () => {
      const { root, run } = project();
      const document = JSON.parse((await run('keys', 'new', '--json', '--out', root)).stdout) as object;
      expect(document).to.have.all.keys('schemaVersion', 'publicKey', 'keyId', 'privateKeyFile', 'publicKeyFile');
    });
  });
});
