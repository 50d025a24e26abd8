import type { DeepDifference, DeepReport, LikelyInput } from '../../index.js';
import type { Console } from '../console.js';
import { escape } from './escape.js';
import { printSome } from './run-report.js';
import { count, counted } from './units.js';

type Deep = DeepReport;

/** What `verify --deep` found, and what to do about it. */
export function printDeep(deep: Deep, console: Console): void {
  const { good, problem, detail } = console.style;
  const { different, compared, sampled, reusable, evicted, notAsked } = deep;
  const blocks = different.map((one) => [`${problem(LABELS[one.kind])} ${headline(one)}`, ...reasons(one).map(detail)]);
  printSome(
    blocks.map((lines) => lines.join('\n')),
    console.verbose,
    (line) => console.print(line),
  );
  const found = different.length === 0 ? good('all the same') : problem(`${count(different.length)} different`);
  const gone = evicted > 0 ? `, ${counted(evicted, 'record')} evicted` : '';
  console.print(`${count(compared)} of ${counted(reusable, 'kept result')} compared with new answers: ${found}${gone}`);
  for (const line of advice(different)) console.print(line);
  if (compared < sampled)
    console.note(`${count(sampled - compared)} could not be compared: they changed meanwhile or cannot be read.`);
  if (notAsked.length > 0)
    console.note(`Not asked: ${notAsked.map((id) => escape(id)).join(', ')}. Name such an analyzer with --analyzer.`);
}

const LABELS: Readonly<Record<DeepDifference['kind'], string>> = {
  'not-deterministic': 'not deterministic:',
  'undeclared-input': 'undeclared input:',
  failed: 'fails now:',
};

function headline({ path, analyzer, kind, pointer, old, new: now, message }: DeepDifference): string {
  const task = `${escape(path)} ${escape(analyzer)}`;
  if (pointer === null) return `${task}: ${escape(message ?? '')}`;
  const [first, second] = kind === 'not-deterministic' ? ['once', 'then'] : ['kept', 'now'];
  return `${task}: ${escape(pointer)}: ${first} ${shown(old)}, ${second} ${shown(now)}`;
}

const shown = (text: string | null): string => (text === null ? 'nothing' : escape(text));

function reasons({ kind, likelyInputs, declaredEnvironment }: DeepDifference): string[] {
  if (kind === 'failed') return ['  its kept result stays; an analysis that fails may do so for another reason'];
  if (kind === 'not-deterministic')
    return ['  two runs, one after the other, answered differently: perhaps the time, randomness, or an order'];
  const known = declaredEnvironment.length === 0 ? 'none' : declaredEnvironment.map((name) => escape(name)).join(', ');
  return [
    ...likelyInputs.map((input) => `  perhaps ${perhaps(input)}`),
    `  perhaps an environment variable that it does not declare (declared: ${known})`,
  ];
}

function perhaps(input: LikelyInput): string {
  switch (input.kind) {
    case 'file':
      return `${escape(input.path)}, changed ${input.changedAt}`;
    case 'folder':
      return `a name in the folder ${escape(input.path)}, changed ${input.changedAt}`;
    case 'package':
      return `the installed package ${escape(input.name)}, changed ${input.changedAt}`;
    case 'path':
      return `its path, although it says that its answers hold for any: the kept one was made for ${escape(input.madeFor)}`;
    case 'code':
      return 'its own code: it was given as an object, whose code is not part of its fingerprint';
    case 'result':
      return `more of the result of ${escape(input.analyzer)} for ${escape(input.path)} than its surface`;
  }
}

/** For each analyzer, once. */
function* advice(different: readonly DeepDifference[]): Generator<string> {
  const kinds = new Map<string, Set<DeepDifference['kind']>>();
  for (const { analyzer, kind } of different) kinds.set(analyzer, (kinds.get(analyzer) ?? new Set()).add(kind));
  for (const [analyzer, found] of kinds) {
    const name = escape(analyzer);
    if (found.has('undeclared-input'))
      yield `${name}: read what shapes its answer with ctx.read, ctx.exists, ctx.list or ctx.env, or declare options or environment (of a command: --input, --env)`;
    if (found.has('not-deterministic'))
      yield `${name}: leave out of its answer what differs from run to run, or call ctx.uncacheable`;
    if (found.has('undeclared-input') || found.has('not-deterministic'))
      yield `Its other results are suspect as well: documee invalidate --analyzer ${name}`;
  }
}
