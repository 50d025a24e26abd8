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

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    ...{
      number: 1,
      title: 'analysis.json before file_hashes.json',
      file: 'src/persistence/commit.ts',
      tests: [faults('commit-order')],
    },
    from: /  await driver\.replace\(fileHashesKey[^\n]*\n([^]*?)(  \/\/ The version just written)/,
    to: '$1  await driver.replace(fileHashesKey(id), hashesBytes, { durable });\n$2',
  },
  {
    ...{
      number: 2,
      title: 'no fsync of analysis.json',
      file: 'src/persistence/commit.ts',
      tests: [faults('commit-order')],
    },
    from: 'await driver.createWhole(versionKey(id, versionId), document.bytes, { durable: true })',
    to: 'await driver.createWhole(versionKey(id, versionId), document.bytes, { durable: false })',
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
    from: 'digestOf(canonicalJson(shaping))',
    to: 'digestOf(canonicalJson({ ...shaping, options: null }))',
  },
  {
    ...{
      number: 13,
      title: 'the code is left out',
      file: 'src/plan/analyzer-identity.ts',
      tests: ['test/plan/analyzer-identity.test.ts'],
    },
    from: 'digestOf(canonicalJson(shaping))',
    to: 'digestOf(canonicalJson({ ...shaping, codeDigest: null }))',
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
    from: "({ ok: false, reason: 'analyzer-threw', message: messageOf(cause), cause })",
    to: '({ ok: true, resultText: JSON.stringify(messageOf(cause)), durationMs: 0, cost: {}, uncacheable: undefined })',
  },
  {
    ...{
      number: 22,
      title: 'a linked cache folder is followed',
      file: 'src/store/drivers/safe-folder.ts',
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
    from: 'FileHashesDocument.digestOf(bytes) !== analysis.head.fileHashesDigest',
    to: 'FileHashesDocument.digestOf(bytes) === analysis.head.fileHashesDigest + 1',
  },
];
