import fs from 'node:fs';
import path from 'node:path';
import {
  analyzeCodebase,
  execAnalyzer,
  type AnalysisRun,
  type ExecCall,
  type ExecOptions,
} from '../../../src/index.js';
import { temporaryCodebase, writeTree, type Tree } from '../../support/temporary.js';

/**
 * A linter that reports each line with "bad" in it as ESLint does, and notes how it was started. What the environment variable MODE asks it
 * to do wrong is no part of any fingerprint.
 */
export const FAKE_LINTER = `
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
const words = process.argv.slice(2);
const files = words.filter((word) => !word.startsWith('--'));
const mode = process.env.MODE ?? '';
fs.appendFileSync(process.env.LOG, JSON.stringify({ files, startedAt: Date.now() }) + '\\n');
const has = (name) => mode === name || mode.startsWith(name + ':');
if (has('crash')) { console.error('warming up\\ncannot read rules'); process.exit(3); }
if (has('garbage')) { console.log('[{"filePath":'); process.exit(0); }
if (has('killed')) process.kill(process.pid, 'SIGKILL');
if (has('wait')) await new Promise((resolve) => setTimeout(resolve, 400));
if (has('hang')) {
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  fs.writeFileSync(mode.slice(5), String(child.pid));
  await new Promise((resolve) => setTimeout(resolve, 60000));
}
if (has('write')) fs.writeFileSync(mode.slice(6), 'written by the tool');
const report = files.map((file) => {
  let text = fs.readFileSync(file, 'utf8');
  if (words.includes('--fix')) fs.writeFileSync(file, (text = text.replaceAll('bad', 'good')));
  const messages = text.split('\\n').flatMap((line, index) => (line.includes('bad') ? [{ ruleId: 'bad', severity: 2, message: line, line: index + 1, column: 1 }] : []));
  return { filePath: path.resolve(file), messages, suppressedMessages: [], errorCount: messages.length, fatalErrorCount: 0, warningCount: 0, fixableErrorCount: 0, fixableWarningCount: 0, usedDeprecatedRules: [] };
});
if (has('silent')) report.pop();
console.error('checked ' + files.length);
console.log(JSON.stringify(report));
process.exitCode = report.some(({ errorCount }) => errorCount > 0) ? 1 : 0;
`;

export interface LinterProject {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files of each call since this was last asked. */
  readonly calls: () => readonly (readonly string[])[];
  readonly write: (files: Tree) => void;
  readonly run: (options?: Partial<ExecOptions>, signal?: AbortSignal) => Promise<LinterRun>;
}

export interface LinterRun {
  readonly run: AnalysisRun;
  readonly report: string;
  readonly exitCode: number;
  readonly calls: readonly ExecCall[];
  readonly said: string;
  readonly warnings: readonly string[];
}

/** A codebase with the linter beside it. */
export function linterProject(files: Tree = { 'src/a.js': 'good', 'src/b.js': 'one\nbad' }): LinterProject {
  const { root, basePath, folder } = temporaryCodebase({ ...files, 'tools/lint.mjs': FAKE_LINTER });
  const log = path.join(folder, 'log');
  const environment = { PATH: process.env['PATH'], LOG: log };
  let read = 0;
  return {
    ...{ root, environment },
    write: (changed) => writeTree(root, changed),
    calls() {
      const lines = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : [];
      const fresh = lines.slice(read).map((line) => (JSON.parse(line) as { files: string[] }).files);
      read = lines.length;
      return fresh;
    },
    async run(options = {}, signal) {
      const calls: ExecCall[] = [];
      const warnings: string[] = [];
      let said = '';
      const tool = await execAnalyzer({
        ...{ id: 'lint', root, format: 'eslint-json', include: ['src/**'], environment },
        command: ['node', 'tools/lint.mjs', '{files}'],
        onCall: (call) => void calls.push(call),
        onToolMessage: (text) => void (said += text),
        onWarning: (message) => void warnings.push(message),
        ...options,
      });
      const run = await analyzeCodebase({
        ...{ root, basePath, codebaseId: 'lint', signal, environment },
        analyzers: options.depends === 'imports' ? [tool, 'imports'] : [tool],
      }).finally(() => tool.whenIdle());
      const parts: [Parameters<typeof tool.report.exitCode>[0] extends Iterable<infer Part> ? Part : never][0][] = [];
      for await (const { path: file, result } of run.results({ analyzer: 'lint' })) parts.push([file, result]);
      const exitCode = tool.report.exitCode(parts);
      return { run, report: [...tool.report.print(parts)].join(''), exitCode, calls, said, warnings };
    },
  };
}
