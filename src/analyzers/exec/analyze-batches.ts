import type { BatchContext, BatchFile } from '../../model/analyzer.js';
import { byCodeUnit } from '../../util/paths.js';
import { asCompleted } from './as-completed.js';
import { cutIntoBatches, roomForFiles } from './batches.js';
import { fileArgument, withoutFiles } from './command-line.js';
import { changedInputs, type InputHashes } from './hash-inputs.js';
import { runCall, type Answer, type CallFile, type CallOptions } from './run-call.js';
import { passesThroughShell } from './tool-identity.js';

export interface Inputs {
  /** As the fingerprint has them. */
  readonly inputs: InputHashes;
  readonly inputsNow: () => InputHashes;
}

/** Calls the tool for `files`, in order, in as few calls as it takes, and answers as calls end. */
export async function* analyzeBatches(
  files: readonly BatchFile[],
  context: BatchContext,
  call: CallOptions,
  inputs: Inputs,
): AsyncGenerator<Answer> {
  const { options } = call;
  const check = new InputCheck(inputs);
  const run = async (batch: readonly CallFile[]): Promise<Answer[]> => {
    // Before the tool reads: what changes while it runs is noticed by comparing with what is recorded here.
    if (options.depends === 'imports') await context.recordImports(batch.map(({ path }) => path));
    return runCall(batch, call, context.signal);
  };
  for await (const answers of asCompleted(batchesOf(files, context, call), options.parallel ?? 1, run)) {
    check.hold(answers);
    if (check.isDue()) yield* check.release(context);
  }
  yield* check.release(context);
}

function batchesOf(files: readonly BatchFile[], { root }: BatchContext, call: CallOptions): CallFile[][] {
  const { command, environment, format, options, place, program } = call;
  const named = files
    .map(({ path }) => ({ path, argument: fileArgument(path, root, place.cwd) }))
    .sort((a, b) => byCodeUnit(a.path, b.path));
  const room = roomForFiles({
    ...{ platform: process.platform, environment, throughShell: passesThroughShell(command) },
    command: [program.program, ...program.first, ...withoutFiles(command)],
  });
  const mostFiles = format.oneFilePerCall ? 1 : (options.batchSize ?? Infinity);
  return cutIntoBatches(named, { room, mostFiles, parallel: options.parallel ?? 1 });
}

/** Looking at the inputs takes at most this share of the time, however short the calls are. */
const CHECK_SHARE = 0.1;

/** Holds answers back until it is known that the inputs are those of the fingerprint after the tool read them, too. */
class InputCheck {
  readonly #inputs: Inputs;
  #held: Answer[] = [];
  #lastCheckAt = performance.now();
  #lastCheckMs = 0;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
  }

  hold(answers: readonly Answer[]): void {
    this.#held.push(...answers);
  }

  isDue(): boolean {
    return (performance.now() - this.#lastCheckAt) * CHECK_SHARE >= this.#lastCheckMs;
  }

  /** Answers that the tool may have given with other inputs are right for nothing that is known: they are not kept. */
  *release(context: BatchContext): Generator<Answer> {
    if (this.#held.length === 0) return;
    const startedAt = performance.now();
    const [changed] = changedInputs(this.#inputs.inputs, this.#inputs.inputsNow());
    this.#lastCheckAt = performance.now();
    this.#lastCheckMs = this.#lastCheckAt - startedAt;
    const answers = this.#held;
    this.#held = [];
    for (const answer of answers) {
      if (changed !== undefined && 'result' in answer)
        context.inputsOf(answer.path).uncacheable(`${changed} changed while the tool ran`);
      yield answer;
    }
  }
}
