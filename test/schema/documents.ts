/** One good document of each kind; tests change one thing at a time. */
const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX}`;
const KEY = HEX.slice(0, 32);
const NOW = '2026-11-20T10:15:00.123Z';

/** As it is sent to other machines. */
export const goodSharedRecord = {
  $schema: 'urn:documee:schema:shared-record:1',
  formatVersion: 1,
  key: HEX,
  path: 'src/cart.ts',
  analyzer: { id: 'structure', version: '1', fingerprint: DIGEST },
  contentHash: DIGEST,
  sizeBytes: 1834,
  dependencies: [
    { kind: 'content', path: 'src/money.ts', hash: DIGEST },
    { kind: 'absent', path: 'src/money/index.ts' },
    { kind: 'closure', path: 'src/cart.ts', hash: DIGEST },
    { kind: 'result', analyzer: 'structure', path: 'src/money.ts', hash: null },
  ],
  surface: null,
  analyzedAt: NOW,
  durationMs: 4.1,
  cost: { tokens: 0 },
  scope: 'main',
  tool: { name: 'documee', version: '0.1.0' },
  result: { language: 'typescript' },
  digest: DIGEST,
  signature: { algorithm: 'ed25519', keyId: KEY.slice(0, 16), value: `${'A'.repeat(86)}==` },
};

export const goodRecord = {
  $schema: 'urn:documee:schema:result-record:1',
  formatVersion: 1,
  key: KEY,
  path: 'src/cart.ts',
  analyzer: { id: 'structure', version: '1', fingerprint: DIGEST },
  contentHash: 'xxh64:44bc2cf5ad770999',
  sizeBytes: 1834,
  epoch: 0,
  dependencies: [
    { kind: 'content', path: 'src/money.ts', hash: 'xxh64:44bc2cf5ad770999' },
    { kind: 'absent', path: 'src/money/index.ts' },
    { kind: 'exists', path: '..' },
    { kind: 'listing', path: '../../packages', hash: DIGEST },
    { kind: 'env', name: 'TZ', hash: null },
    { kind: 'result', analyzer: 'structure', path: 'src/money.ts', hash: DIGEST },
  ],
  surface: null,
  analyzedAt: NOW,
  durationMs: 4.1,
  cost: { tokens: 0 },
  result: { language: 'typescript' },
  digest: DIGEST,
};

export const goodAnalysis = {
  $schema: 'urn:documee:schema:analysis:1',
  formatVersion: 1,
  codebaseId: 'shop',
  versionId: '20261120T101500Z-3f9c',
  previousVersionId: null,
  createdAt: NOW,
  epoch: 0,
  tool: { name: 'documee', version: '0.1.0' },
  contentHash: 'xxh64',
  scope: { include: [], exclude: ['dist/**'], gitignore: true },
  analyzers: {
    structure: {
      version: '1',
      fingerprint: DIGEST,
      codeDigest: null,
      options: null,
      environment: { TZ: null, LANG: DIGEST },
      include: null,
      pathIndependent: false,
      results: 1,
      durationMs: 4.1,
      uses: [],
      recordsDependencies: true,
      cost: { tokens: 0 },
    },
  },
  totals: { files: 1, analyzed: 1, reused: 0, removed: 0, failed: 0, uncacheable: 0 },
  durationMs: 12,
  savedMs: 0,
  notKept: [{ path: 'src/a.ts', analyzer: 'structure', kind: 'failed', why: 'analyzer-threw: no' }],
  fileHashesDigest: DIGEST,
  dependenciesDigest: DIGEST,
  reducersDigest: DIGEST,
  inputs: [
    { kind: 'content', path: '../shared/money.ts', hash: null },
    { kind: 'exists', path: '.' },
  ],
  files: { 'src/cart.ts': { structure: `${KEY}-01234567` }, 'src/a.ts': {} },
  presence: { src: { absent: ['cart.tsx', 'gone/x.ts'], exists: ['b'], listing: null } },
  metrics: { totalFiles: 1 },
  anythingElse: [1, null],
  digest: DIGEST,
};

export const goodEpoch = {
  $schema: 'urn:documee:schema:epoch:1',
  formatVersion: 1,
  number: 1,
  createdAt: NOW,
  selection: { paths: ['src/**'], analyzers: null },
  digest: DIGEST,
};

export const goodFileHashes = {
  'a file.ts': 'xxh64:44bc2cf5ad770999',
  '..hidden/...': DIGEST,
  'with\nnewline': DIGEST,
};

export const goodConfig = {
  $schema: '../schemas/config.schema.json',
  codebase: 'shop',
  basePath: '.cache',
  analyzers: ['structure', { use: './tools/x.js', options: { strict: true } }],
  include: ['src/**'],
  exclude: ['dist/**'],
  gitignore: true,
  changeDetection: 'stat',
  contentHash: 'sha256',
  durability: 'full',
  concurrency: 2,
  limits: { versions: 5, maxAgeDays: 0.5, maxSizeBytes: 0 },
};

export const goodAnalyzeOutput = {
  schemaVersion: 1,
  codebaseId: 'shop',
  versionId: '20261120T101500Z-3f9c',
  changed: true,
  totals: { files: 812, analyzed: 3, reused: 809, removed: 1, failed: 0, uncacheable: 0 },
  analyzers: { structure: { analyzed: 3, reused: 809, failed: 0 } },
  durationMs: 214,
  savedMs: 5210,
};

export const goodPlanOutput = {
  tasks: [{ path: 'src/a.ts', analyzer: 'structure', decision: 'run', reason: { kind: 'forced' } }],
  totals: { run: 1, reuse: 0 },
};
