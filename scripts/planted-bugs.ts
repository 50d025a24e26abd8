/** Bugs that the tests must find. Each is a change of source text, made in a copy. */
export interface PlantedBug {
  /** Number in the list of `docs/testing.md`. */
  readonly number: number;
  readonly title: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** Test files that must fail. */
  readonly tests: readonly string[];
}

const faults = (name: string): string => `test/faults/${name}.test.ts`;
const invariant = (name: string): string => `test/invariants/invariant-${name}.test.ts`;
const MANAGER = 'test/persistence/persistence-manager.test.ts';
const story = (name: string): string => `test/stories/${name}.test.ts`;
const session = (name: string): string => `test/session/${name}.test.ts`;
const scanned = (name: string): string => `test/scan/${name}.test.ts`;
const ran = (name: string): string => `test/run/${name}.test.ts`;
const CLOSURES = 'test/analyzers/imports/import-closures.test.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    ...{
      number: 1,
      title: 'analysis.json before file_hashes.json',
      file: 'src/persistence/commit.ts',
      tests: [faults('commit-order')],
    },
    from: /await write\(documents, fileHashesKey\(id\), fileHashes\.encode\(\), durable\);\n([^]*?)(  \/\/ The version just written)/,
    to: 'sha256Digest(fileHashes.encode());\n$1  await write(documents, fileHashesKey(id), fileHashes.encode(), durable);\n$2',
  },
  {
    ...{
      number: 2,
      title: 'no fsync of analysis.json',
      file: 'src/persistence/commit.ts',
      tests: [faults('commit-order')],
    },
    from: 'await documents.createWhole(versionKey(id, versionId), document.bytes, { durable: true })',
    to: 'await documents.createWhole(versionKey(id, versionId), document.bytes, { durable: false })',
  },
  {
    ...{
      number: 3,
      title: 'no fsync of its folder',
      file: 'src/persistence/commit.ts',
      tests: [faults('commit-order')],
    },
    from: 'analysisKey(id), { durable: true })',
    to: 'analysisKey(id), { durable: false })',
  },
  {
    ...{
      number: 4,
      title: 'a short write is ignored',
      file: 'src/util/fs/write-whole.ts',
      tests: [faults('unwritable')],
    },
    from: 'for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);',
    to: 'fs.writeSync(descriptor, bytes, 0, bytes.length, 0);',
  },
  {
    ...{
      number: 5,
      title: 'fsync is tried again after an error',
      file: 'src/util/fs/write-whole.ts',
      tests: [faults('unwritable')],
    },
    from: 'if (sync) fs.fsyncSync(descriptor);',
    to: 'if (sync) try { fs.fsyncSync(descriptor); } catch { fs.fsyncSync(descriptor); }',
  },
  {
    ...{
      number: 6,
      title: 'the temporary file is in another folder',
      file: 'src/util/fs/write-whole.ts',
      tests: [faults('commit-order')],
    },
    from: 'path.join(path.dirname(file), `.tmp-',
    to: 'path.join(path.dirname(path.dirname(file)), `.tmp-',
  },
  {
    ...{
      number: 7,
      title: 'the digest is not checked',
      file: 'src/codec/sealed-json.ts',
      tests: ['test/codec/sealed-json.test.ts'],
    },
    from: 'if (found !== expected)',
    to: 'if (found.length !== expected.length)',
  },
  {
    ...{
      number: 8,
      title: 'the key material is not checked',
      file: 'src/persistence/record.ts',
      tests: ['test/persistence/documents.test.ts'],
    },
    from: 'return mismatch === undefined ? opened',
    to: 'return mismatch === mismatch ? opened',
  },
  {
    ...{ number: 9, title: 'no racy margin', file: 'src/scan/racy-rule.ts', tests: [invariant('4-stat-shortcut')] },
    from: 'mtimeNs < before && ctimeNs < before && dev',
    to: '(mtimeNs < before || ctimeNs >= 0n) && dev',
  },
  {
    ...{
      number: 10,
      title: 'time stamps in ms',
      file: 'src/scan/stat-assignment.ts',
      tests: [invariant('4-stat-shortcut')],
    },
    from: /stat\.ctimeNs === tuples\[column \+ 2\] &&\s+stat\.mtimeNs === tuples\[column \+ 1\]/,
    to: '(stat.ctimeNs / 1000000n === (tuples[column + 2] as bigint) / 1000000n) && (stat.mtimeNs / 1000000n === (tuples[column + 1] as bigint) / 1000000n)',
  },
  {
    ...{ number: 11, title: 'hash of the decoded text', file: 'src/util/hash.ts', tests: [invariant('1-incremental')] },
    from: 'return api.h64Raw(bytes);',
    to: 'return api.h64(new TextDecoder().decode(bytes));',
  },
  {
    ...{
      number: 12,
      title: 'options are left out',
      file: 'src/plan/analyzer-identity.ts',
      tests: ['test/plan/analyzer-identity.test.ts'],
    },
    from: 'sha256Digest(canonicalJson(shaping))',
    to: 'sha256Digest(canonicalJson({ ...shaping, options: null }))',
  },
  {
    ...{
      number: 13,
      title: 'the code is left out',
      file: 'src/plan/analyzer-identity.ts',
      tests: ['test/plan/analyzer-identity.test.ts'],
    },
    from: 'sha256Digest(canonicalJson(shaping))',
    to: 'sha256Digest(canonicalJson({ ...shaping, codeDigest: null }))',
  },
  {
    ...{
      number: 15,
      title: 'a change during the analysis is overlooked',
      file: 'src/run/read-task.ts',
      tests: [invariant('3-hashed-bytes')],
    },
    from: 'isStill(tuple, currentTuple(fs, absolute))',
    to: 'isStill(tuple, tuple)',
  },
  {
    ...{
      number: 16,
      title: 'hexadecimal digits without leading zeros',
      file: 'src/util/hash.ts',
      tests: ['test/properties/content-hash.test.ts'],
    },
    from: ".padStart(16, '0')",
    to: '',
  },
  {
    ...{
      number: 19,
      title: 'invalidations are not looked at',
      file: 'src/persistence/epochs.ts',
      tests: [invariant('9-invalidation')],
    },
    from: 'if (invalidation.covers(path, analyzer)) return invalidation.number;',
    to: 'if (invalidation.covers(path, analyzer)) return undefined;',
  },
  {
    ...{ number: 20, title: 'clean-up without a grace period', file: 'src/persistence/prune.ts', tests: [MANAGER] },
    from: '!referenced.has(key) && modifiedAt < graceBefore',
    to: '!referenced.has(key)',
  },
  {
    ...{
      number: 21,
      title: 'a failed analysis is kept',
      file: 'src/run/analyze-one.ts',
      tests: [invariant('7-failures')],
    },
    from: "  ...{ ok: false, reason: 'analyzer-threw', message: messageOf(cause) },\n  cause,",
    to: '  ...{ ok: true, resultText: JSON.stringify(messageOf(cause)), durationMs: 0, cost: {} },\n  ...{ uncacheable: undefined, dependencies: [], surface: null },',
  },
  {
    ...{
      number: 22,
      title: 'a linked cache folder is followed',
      file: 'src/store/documents/safe-folder.ts',
      tests: [invariant('10-no-escape')],
    },
    from: 'fs.lstatSync(current, { throwIfNoEntry: false })',
    to: 'fs.statSync(current, { throwIfNoEntry: false })',
  },
  {
    ...{
      number: 25,
      title: 'a map of paths is copied as a plain object',
      file: 'src/persistence/changed-files.ts',
      tests: [MANAGER],
    },
    from: 'Object.entries(parsed.value as',
    to: 'Object.entries(Object.assign({}, parsed.value) as',
  },
  {
    ...{ number: 26, title: 'clean-up forgets kept versions', file: 'src/persistence/prune.ts', tests: [MANAGER] },
    from: 'referencedNames(cache, allVersions.slice(0, versions))',
    to: 'referencedNames(cache, [])',
  },
  {
    ...{
      number: 27,
      title: 'hashes that were never committed decide',
      file: 'src/persistence/codebase-cache.ts',
      tests: [MANAGER],
    },
    from: 'sha256Digest(bytes) !== digest',
    to: '(name !== FILE_HASHES_NAME && sha256Digest(bytes) !== digest)',
  },
  {
    ...{
      number: 14,
      title: 'absent paths are left out',
      file: 'src/run/tracked-input.ts',
      tests: [story('absent-file-appears')],
    },
    from: 'if (name === undefined) return;\n    // What is there',
    to: "if (name === undefined || kind === 'absent') return;\n    // What is there",
  },
  {
    ...{
      number: 29,
      title: 'changed files are not looked for among dependencies',
      file: 'src/session/check-inputs.ts',
      tests: [story('third-run-after-two-edits')],
    },
    from: 'for (const list of [diff.added, diff.changed, diff.removed])',
    to: 'for (const list of [diff.added, diff.removed])',
  },
  {
    ...{
      number: 30,
      title: 'removed files are not looked for among dependencies',
      file: 'src/session/check-inputs.ts',
      tests: [story('dependency-deleted-added-renamed')],
    },
    from: 'for (const list of [diff.added, diff.changed, diff.removed])',
    to: 'for (const list of [diff.added, diff.changed])',
  },
  {
    ...{
      number: 31,
      title: 'what folders vouch for is never looked at',
      file: 'src/session/check-inputs.ts',
      tests: [story('absent-file-appears')],
    },
    from: 'if (isSince && places.isTreeUntouched) return',
    to: 'if (presence !== undefined) return',
  },
  {
    ...{
      number: 32,
      title: 'another folder vouches, and nobody notes it',
      file: 'src/session/check-inputs.ts',
      tests: [session('inputs-over-runs')],
    },
    from: 'else if (places.voucherOf(input) !== folder) moved',
    to: 'else if (places.voucherOf(input) === null) moved',
  },
  {
    ...{
      number: 33,
      title: 'inputs that are no source files are not looked at',
      file: 'src/plan/dependencies.ts',
      tests: [story('nearer-config')],
    },
    from: "dependency.kind === 'exists') &&\n  isScanned(dependency.path)",
    to: "dependency.kind === 'exists') &&\n  (isScanned(dependency.path) || true)",
  },
  {
    ...{
      number: 34,
      title: 'what a folder vouches for is looked at as if it vouched below links, too',
      file: 'src/scan/known-folders.ts',
      tests: [scanned('input-states')],
    },
    from: 'if (folder === undefined || folder.holdsLinks ||',
    to: 'if (folder === undefined ||',
  },
  {
    ...{
      number: 35,
      title: 'a variable is not recorded',
      file: 'src/run/tracked-input.ts',
      tests: [story('environment-variable')],
    },
    from: "    this.#record(`env ${name}`, { kind: 'env', name, hash: hashOfVariable(value) }, `the environment variable ${name}`);\n    return value;",
    to: '    return hashOfVariable(value) === null ? undefined : value;',
  },
  {
    ...{
      number: 36,
      title: 'a listing is not recorded',
      file: 'src/run/tracked-input.ts',
      tests: [story('folder-listing')],
    },
    from: "this.#recordAt(place, seen === 'absent' ? seen : 'listing',",
    to: "if (seen === 'absent') this.#recordAt(place, seen === 'absent' ? seen : 'listing',",
  },
  {
    ...{
      number: 37,
      title: 'a result that was asked for is not recorded',
      file: 'src/run/tracked-input.ts',
      tests: [story('edit-body-or-signature')],
    },
    from: '    this.#record(`result ${analyzer} ${place.path}`, dependency, `the result',
    to: "    if (analyzer === '') this.#record(`result ${analyzer} ${place.path}`, dependency, `the result",
  },
  {
    ...{
      number: 38,
      title: 'one path is two things in one analysis',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'else if (presence === isAbsent) this.uncacheable(changed(name));',
    to: '',
  },
  {
    ...{
      number: 39,
      title: 'one file has two contents in one analysis',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'else if (hashOf(before) !== hashOf(dependency)) this.uncacheable(changed(shown));',
    to: '',
  },
  {
    ...{
      number: 40,
      title: 'inputs are not compared again after the analysis',
      file: 'src/run/tracked-input.ts',
      tests: [story('edited-while-analyzed'), ran('demanded-results'), ran('run-many')],
    },
    from: 'if (!isSeen(dependency) || isCurrent(dependency)) continue;',
    to: 'if (!isSeen(dependency) || [dependency].length > 0) continue;',
  },
  {
    ...{
      number: 41,
      title: 'after a tool ran, inputs are compared from memory',
      file: 'src/run/run-many.ts',
      tests: [ran('run-many')],
    },
    from: 'options.states.isStillCurrent(dependency)',
    to: 'options.states.isCurrent(dependency)',
  },
  {
    ...{
      number: 42,
      title: 'an analysis may ask after it has ended',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'this.#hasEnded = true;',
    to: 'this.#hasEnded = false;',
  },
  {
    ...{
      number: 43,
      title: 'the surface of a result is ignored',
      file: 'src/run/analyze-one.ts',
      tests: [story('edit-body-or-signature')],
    },
    from: 'if (surface === undefined) return null;',
    to: 'if (surface !== null) return null;',
  },
  {
    ...{
      number: 44,
      title: 'what a result saw of others is not compared',
      file: 'src/session/resolve-results.ts',
      tests: [story('edit-body-or-signature')],
    },
    from: 'if (now !== dependency.hash) return surfaceChanged',
    to: 'if (now === undefined) return surfaceChanged',
  },
  {
    ...{
      number: 45,
      title: 'who uses a result is not looked for further',
      file: 'src/session/check-inputs.ts',
      tests: [story('result-cycle')],
    },
    from: 'if (used.has(analyzerId)) reached.add(path);',
    to: '',
  },
  {
    ...{
      number: 46,
      title: 'files that came or went have no users',
      file: 'src/session/check-inputs.ts',
      tests: [story('dependency-deleted-added-renamed')],
    },
    from: 'new Set<string>([...diff.added, ...diff.removed])',
    to: 'new Set<string>()',
  },
  {
    ...{
      number: 47,
      title: 'an analyzer that is asked no longer still has results',
      file: 'src/session/check-inputs.ts',
      tests: [story('used-analyzer-left-out')],
    },
    from: 'return now === undefined || before === undefined ||',
    to: 'return now !== undefined && before !== undefined &&',
  },
  {
    ...{
      number: 48,
      title: 'variants of a record are not listed',
      file: 'src/session/look-up.ts',
      tests: [story('option-put-back'), story('two-branches')],
    },
    from: 'listed?.get(key) ?? (plain',
    to: '(plain',
  },
  {
    ...{
      number: 49,
      title: 'only one variant of a record is looked at',
      file: 'src/session/look-up.ts',
      tests: [story('two-branches')],
    },
    from: 'const found = ids.map((id) => [id,',
    to: 'const found = ids.slice(0, 1).map((id) => [id,',
  },
  {
    ...{
      number: 50,
      title: 'a record is found whatever its inputs are now',
      file: 'src/session/look-up.ts',
      tests: [story('two-branches'), story('third-run-after-two-edits')],
    },
    from: '!isSeen(one) || input.states.isCurrent(one)',
    to: '!isSeen(one) || input.states !== undefined',
  },
  {
    ...{
      number: 51,
      title: 'a record is found whatever the results it used are now',
      file: 'src/session/look-up.ts',
      tests: [story('edit-body-or-signature'), story('third-run-after-two-edits')],
    },
    from: 'holding.find(({ dependencies }) => dependencies.every(isSeen))',
    to: 'holding.find(({ dependencies }) => dependencies.every(Boolean))',
  },
  {
    ...{
      number: 52,
      title: 'each state of the dependencies takes the place of the last',
      file: 'src/plan/record-id.ts',
      tests: [story('two-branches')],
    },
    from: 'canonicalJson(dependencies)).slice',
    to: 'canonicalJson(dependencies.length)).slice',
  },
  {
    ...{
      number: 53,
      title: 'another list of dependencies than the committed one is believed',
      file: 'src/persistence/codebase-cache.ts',
      tests: [session('lost-dependencies')],
    },
    from: 'sha256Digest(bytes) !== digest',
    to: '(name !== DEPENDENCIES_NAME && sha256Digest(bytes) !== digest)',
  },
  {
    ...{
      number: 54,
      title: 'an input that is no source file is known by its size',
      file: 'src/scan/input-cache.ts',
      tests: [scanned('input-states')],
    },
    from: '!sameTuple(known.tuple, tuple)',
    to: 'known.tuple.size !== tuple.size',
  },
  {
    ...{
      number: 55,
      title: 'what is too young is remembered by its tuple',
      file: 'src/scan/input-states.ts',
      tests: [scanned('input-states')],
    },
    from: 'if (this.#seen.usesTuples && this.#seen.isSafe(file.tuple))',
    to: 'if (this.#seen.usesTuples)',
  },
  {
    ...{
      number: 56,
      title: 'imports are not looked at in the next run',
      file: 'src/session/check-inputs.ts',
      tests: [session('imports-over-runs')],
    },
    from: 'if (all.length === 0) return;',
    to: 'if (all.length >= 0) return;',
  },
  {
    ...{
      number: 57,
      title: 'looks that imports were resolved by are not looked at in the next run',
      file: 'src/session/new-dependencies.ts',
      tests: [session('imports-over-runs')],
    },
    from: 'if (closures.length > 0) addInputs',
    to: 'if (closures.length < 0) addInputs',
  },
  {
    ...{
      number: 58,
      title: 'the digest of imports has no looks',
      file: 'src/analyzers/imports/closures.ts',
      tests: [CLOSURES, session('import-closures')],
    },
    from: '[contents, looks, targets].map',
    to: '[contents, looks.slice(looks.length), targets].map',
  },
  {
    ...{
      number: 59,
      title: 'the digest of imports ends at the first file',
      file: 'src/analyzers/imports/closures.ts',
      tests: [CLOSURES, session('import-closures')],
    },
    from: '[contents, looks, targets].map',
    to: '[contents, looks, targets.slice(targets.length)].map',
  },
  {
    ...{
      number: 60,
      title: 'the digest of imports has no contents',
      file: 'src/analyzers/imports/closures.ts',
      tests: [CLOSURES, session('import-closures')],
    },
    from: '[contents, looks, targets].map',
    to: '[contents.slice(contents.length), looks, targets].map',
  },
  {
    ...{
      number: 61,
      title: 'imports of imports are not compared after a tool ran',
      file: 'src/analyzers/imports/closures.ts',
      tests: [CLOSURES],
    },
    from: 'every(component.targets, ofTarget) &&\n',
    to: '',
  },
  {
    ...{
      number: 62,
      title: "what means something to every script is nobody's import",
      file: 'src/analyzers/imports/import-graph.ts',
      tests: [session('import-closures')],
    },
    from: "...(language === 'script' ? [this.#ambient] : []),",
    to: "...(path === '' ? [this.#ambient] : []),",
  },
  {
    ...{
      number: 63,
      title: 'a file that is imported and absent is no look',
      file: 'src/analyzers/imports/look-recorder.ts',
      tests: [session('import-closures')],
    },
    from: 'if (!exists) note(this.#absent(path));',
    to: '',
  },
  {
    ...{
      number: 64,
      title: 'what is shared between resolutions is noted by the first alone',
      file: 'src/analyzers/imports/look-recorder.ts',
      tests: [CLOSURES],
    },
    from: 'if (found === undefined) this.#shared.set(key, (found = this.record(look)));\n        for (const id of found.looks) looks.add(id);',
    to: 'const isFirst = found === undefined;\n        this.#shared.set(key, (found ??= this.record(look)));\n        if (isFirst) for (const id of found.looks) looks.add(id);',
  },
  {
    ...{
      number: 65,
      title: 'a check of imports is used again for ever',
      file: 'src/session/import-closures.ts',
      tests: [session('import-closures')],
    },
    from: 'now - this.#memo.madeAt > MEMO_MS',
    to: 'now < this.#memo.madeAt',
  },
  {
    ...{
      number: 66,
      title: 'only the first line that names a path is found',
      file: 'src/persistence/dependencies-document.ts',
      tests: ['test/persistence/dependencies-document.test.ts'],
    },
    from: 'at = newline === -1 ? -1 : block.indexOf(needle, newline);',
    to: 'at = -1;',
  },
  {
    ...{
      number: 67,
      title: 'an analyzer that is asked about fewer files still has all results',
      file: 'src/session/check-inputs.ts',
      tests: [story('used-analyzer-left-out')],
    },
    from: '!asksAlike(now, before);',
    to: '!asksAlike(now, now);',
  },
  {
    ...{
      number: 68,
      title: 'what a thread recorded stays there',
      file: 'src/run/worker.ts',
      tests: [ran('dependencies-in-threads')],
    },
    from: 'if (outcome.ok || outcome.cause === undefined) return outcome;',
    to: 'if (outcome.ok) return { ...outcome, dependencies: [] };\n  if (outcome.cause === undefined) return outcome;',
  },
  {
    ...{
      number: 69,
      title: 'an answer for any path may rest on other files',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'if (this.#pathIndependent !== undefined)',
    to: "if (this.#pathIndependent === '')",
  },
  {
    ...{
      number: 70,
      title: 'a folder vouches for what is below one that was not entered',
      file: 'src/scan/known-folders.ts',
      tests: [scanned('input-states')],
    },
    from: '!folder.holdsLinks && !folder.holdsOtherFolders;',
    to: '!folder.holdsLinks;',
  },
  {
    ...{
      number: 71,
      title: 'after a tool ran, imports are not looked at again',
      file: 'src/session/run-states.ts',
      tests: [session('imports-over-runs')],
    },
    from: 'return closures.isStillCurrent(dependency.path, (one) => this.places.isStillCurrent(one));',
    to: 'return true;',
  },
  {
    ...{
      number: 72,
      title: 'dependencies of a file that is gone stay',
      file: 'src/session/new-dependencies.ts',
      tests: [session('inputs-over-runs')],
    },
    from: 'for (const path of previous.diff.removed) edits.set(path, undefined);',
    to: '',
  },
  {
    ...{
      number: 73,
      title: 'dependencies that a result does not have any more stay',
      file: 'src/session/new-dependencies.ts',
      tests: [session('inputs-over-runs')],
    },
    from: 'else line.delete(candidate.analyzerId);',
    to: '',
  },
  {
    ...{
      number: 74,
      title: 'a result that could not be had leaves no trace',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'this.uncacheable(`it asked for the result',
    to: "if (analyzer === '') this.uncacheable(`it asked for the result",
  },
  {
    ...{
      number: 75,
      title: 'what cannot be read leaves no trace',
      file: 'src/run/tracked-input.ts',
      tests: [ran('tracked-input')],
    },
    from: 'this.uncacheable(`${shown} could not be read',
    to: "if (shown === '') this.uncacheable(`${shown} could not be read",
  },
  {
    ...{
      number: 17,
      title: 'a lease is released by anybody',
      file: 'src/store/drivers/memory-leases.ts',
      tests: ['test/store/memory.test.ts'],
    },
    from: 'if (this.#leases.get(name)?.token === token) this.#leases.delete(name);',
    to: "if (token !== '') this.#leases.delete(name);",
  },
  {
    ...{
      number: 23,
      title: 'no size cap before gunzip',
      file: 'src/codec/compression.ts',
      tests: ['test/codec/envelope.test.ts'],
    },
    from: 'maxOutputLength: Math.max(1, maxRawBytes)',
    to: 'maxOutputLength: Math.max(2 ** 30, maxRawBytes)',
  },
  {
    ...{
      number: 28,
      title: 'a signature is not bound to the key',
      file: 'src/share/signing.ts',
      tests: ['test/share/attacks.test.ts', 'test/share/shared-record.test.ts'],
    },
    from: "canonicalJson(['documee shared record', SHARED_FORMAT, key, digest, scope, toolVersion])",
    to: "canonicalJson(['documee shared record', SHARED_FORMAT, key.slice(64), digest, scope, toolVersion])",
  },
  {
    ...{
      number: 76,
      title: 'a record of another machine is taken whatever it read',
      file: 'src/session/shared/translate-dependencies.ts',
      tests: [session('shared/shared-cache')],
    },
    from: 'return hash === dependency.hash ? now : undefined;',
    to: 'return hash === undefined ? undefined : now;',
  },
  {
    ...{
      number: 77,
      title: 'an invalidation on this machine does not count for what others made before',
      file: 'src/session/shared/shared-cache.ts',
      tests: [session('shared/shared-cache')],
    },
    from: 'invalidatedAt !== -Infinity &&',
    to: 'invalidatedAt === Infinity &&',
  },
  {
    ...{
      number: 78,
      title: 'who gets a lease does not look whether the result is there by now',
      file: 'src/session/shared/run-once.ts',
      tests: [session('shared/shared-cache')],
    },
    from: 'const missing = await takeOver(mine, input, reopened);\n    if',
    to: 'const missing = mine;\n    if',
  },
  {
    ...{
      number: 79,
      title: 'a value that has expired is given out',
      file: 'src/codec/expiry.ts',
      tests: ['test/store/store.test.ts', 'test/store/memory.test.ts', 'test/codec/envelope.test.ts'],
    },
    from: 'now >= expiresAt',
    to: 'now >= expiresAt + 1e12',
  },
  {
    ...{
      number: 80,
      title: 'a shard writes the analysis',
      file: 'src/session/commit-run.ts',
      tests: [session('shared/shared-cache')],
    },
    from: /settings\.shard === undefined &&/g,
    to: 'settings !== undefined &&',
  },
];
