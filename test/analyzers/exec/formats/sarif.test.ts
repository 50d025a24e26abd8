import { expect } from 'chai';
import fc from 'fast-check';
import { sarif } from '../../../../src/analyzers/exec/formats/sarif.js';
import { CacheError } from '../../../../src/model/errors.js';
import type { SourcePath } from '../../../../src/model/ids.js';
import {
  ROOT,
  contextFor,
  count,
  countFor,
  filesInBatches,
  joined,
  kept,
  output,
  paths,
  splitInBatches,
} from './harness.js';

interface Location {
  uri?: string;
  uriBaseId?: string;
  index?: number;
}
interface Result {
  ruleId?: string;
  ruleIndex?: number;
  rule?: { id?: string; index?: number; toolComponent?: { index: number } };
  message: { text: string };
  locations?: { physicalLocation: { artifactLocation: Location; region?: object } }[];
  relatedLocations?: { physicalLocation: { artifactLocation: Location } }[];
  [name: string]: unknown;
}
interface Component {
  name: string;
  rules?: { id: string }[];
  [name: string]: unknown;
}
interface Run {
  tool: { driver: Component; extensions?: Component[] };
  results: Result[];
  artifacts?: { location: Location; length?: number }[];
  invocations?: { executionSuccessful: boolean; [name: string]: unknown }[];
  [name: string]: unknown;
}

const at = (location: Location, startLine = 1): NonNullable<Result['locations']> => [
  { physicalLocation: { artifactLocation: location, region: { startLine } } },
];
const log = (...runs: readonly object[]): string =>
  JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs });
const runsOf = (text: string): Run[] => (JSON.parse(text) as { runs: Run[] }).runs;
const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Every rule is listed, results name theirs by id and index, paths are encoded and relative to a base that nothing defines. */
function semgrepLike(files: readonly SourcePath[]): ReturnType<typeof output> {
  const rules = ['eval', 'unused', 'sql', 'secret'].map((id) => ({ id, name: id, properties: { tags: ['security'] } }));
  const results = files.flatMap((file) =>
    count(countFor(file)).map((line) => ({
      ruleId: rules[line]!.id,
      ruleIndex: line,
      message: { text: `found in ${file}` },
      locations: at({ uri: encoded(file), uriBaseId: '%SRCROOT%' }, line),
      partialFingerprints: { primaryLocationLineHash: `${line}:1` },
    })),
  );
  const invocations = [
    {
      executionSuccessful: true,
      commandLine: `tool ${files.join(' ')}`,
      startTimeUtc: '2026-01-01T00:00:00Z',
      toolExecutionNotifications: [],
    },
  ];
  const driver = { name: 'Semgrep OSS', semanticVersion: '1.2.3', rules };
  return output(
    log({ tool: { driver }, automationDetails: { id: 'nightly/' }, invocations, results }),
    results.length > 0 ? 1 : 0,
  );
}

/** Rules in an extension, locations by index into `artifacts`, files of other files' results among them. */
function codeqlLike(files: readonly SourcePath[]): ReturnType<typeof output> {
  const artifacts = files.map((file, index) => ({
    location: { uri: encoded(file), uriBaseId: '%SRCROOT%', index },
    length: file.length,
  }));
  const rules = ['js/zero', 'js/one', 'js/two', 'js/three'].map((id) => ({
    id,
    defaultConfiguration: { level: 'warning' },
  }));
  const results = files.flatMap((file, index) =>
    count(countFor(file)).map((line) => ({
      ruleId: rules[line]!.id,
      ruleIndex: line,
      rule: { id: rules[line]!.id, index: line, toolComponent: { index: 1 } },
      message: { text: 'flow' },
      locations: at({ index }, line),
      codeFlows: [
        { threadFlows: [{ locations: [{ location: at({ uri: encoded(file), uriBaseId: '%SRCROOT%', index })[0] }] }] },
      ],
    })),
  );
  const extensions = [
    { name: 'other', rules: [{ id: 'never' }] },
    { name: 'codeql/javascript', semanticVersion: '2.0.0', rules },
  ];
  const run = {
    tool: { driver: { name: 'CodeQL', rules: [] }, extensions },
    artifacts,
    originalUriBaseIds: { '%SRCROOT%': { uri: `file://${ROOT}/` } },
    results,
    columnKind: 'utf16CodeUnits',
  };
  return output(`${JSON.stringify(JSON.parse(log(run)), null, 2)}\n`);
}

/** What a result says when every reference is followed. */
function resolved(run: Run): object[] {
  return run.results.map((result) => {
    const component = result.rule?.toolComponent;
    const holder = component === undefined ? run.tool.driver : run.tool.extensions![component.index]!;
    const index = result.rule?.index ?? result.ruleIndex;
    const rule = index === undefined ? undefined : holder.rules![index];
    const follow = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(follow);
      if (typeof value !== 'object' || value === null) return value;
      const { index: artifact, ...rest } = value as Location;
      if (artifact !== undefined && !('id' in value) && run.artifacts)
        return { ...run.artifacts[artifact]!.location, ...rest, index: 'known' };
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, follow(inner)]));
    };
    const { ruleIndex: _ruleIndex, rule: _rule, ...rest } = result;
    return { ...(follow(rest) as object), rule, holder: holder.name };
  });
}

describe('sarif', () => {
  for (const [name, tool] of [
    ['semgrep-like', semgrepLike],
    ['CodeQL-like', codeqlLike],
  ] as const) {
    it(`a ${name} report has the same parts and findings however files are dealt out to calls`, () => {
      fc.assert(
        fc.property(filesInBatches, ({ files, batches }) => {
          const whole = tool(files);
          const parts = splitInBatches(sarif, tool, batches);
          expect(parts).to.deep.equal(splitInBatches(sarif, tool, [files]));
          const text = joined(sarif, parts, contextFor([]));
          const [before, after] = [runsOf(Buffer.from(whole.stdout).toString())[0]!, runsOf(text)[0]!];
          expect(resolved(after)).to.deep.equal(resolved(before));
          expect(after.artifacts ?? []).to.deep.equal(before.artifacts ?? []);
          expect(sarif.exitCode(parts, contextFor([]))).to.equal(whole.exitCode);
          const again = kept(sarif.split(output(text, whole.exitCode), contextFor(files)).parts);
          expect(joined(sarif, again, contextFor([])), 'a joined report is a fixed point').to.equal(text);
        }),
      );
    });
  }

  it('rules that are used are listed once, others are not', () => {
    const files = paths('a.ts', 'b.ts', 'c.ts', 'd.ts');
    const parts = splitInBatches(
      sarif,
      semgrepLike,
      files.map((file) => [file]),
    );
    const [run] = runsOf(joined(sarif, parts, contextFor([])));
    expect(run!.tool.driver.rules!.map(({ id }) => id).sort()).to.deep.equal(
      [...new Set(run!.results.map(({ ruleId }) => ruleId))].sort(),
    );
    expect(run!.automationDetails).to.deep.equal({ id: 'nightly/' });
    expect(run!.results[0]!.partialFingerprints).to.deep.equal({ primaryLocationLineHash: '1:1' });
    expect(run!.invocations).to.deep.equal([{ executionSuccessful: true }]);
  });

  it('files without findings give a run of the tool with no results', () => {
    const clean = output(log({ tool: { driver: { name: 'T', rules: [{ id: 'r' }] } }, results: [] }));
    const parts = kept(sarif.split(clean, contextFor(['a.ts'])).parts);
    expect(runsOf(joined(sarif, parts, contextFor([])))).to.deep.equal([
      { tool: { driver: { name: 'T' } }, results: [] },
    ]);
  });

  it('runs of different tools, of different automation ids and of one tool twice are kept apart', () => {
    const run = (name: string, id: string, text: string): object => ({
      tool: { driver: { name } },
      automationDetails: { id, guid: '0' },
      results: [{ message: { text }, locations: at({ uri: 'a.ts' }) }],
    });
    const report = log(run('A', 'x', '1'), run('A', 'y', '2'), run('B', 'x', '3'), run('A', 'x', '4'));
    const parts = splitInBatches(sarif, (files) => output(report.replaceAll('a.ts', files[0]!)), [
      paths('a.ts'),
      paths('b.ts'),
    ]);
    const runs = runsOf(joined(sarif, parts, contextFor([])));
    expect(runs.map(({ tool, automationDetails }) => [tool.driver.name, automationDetails])).to.deep.equal([
      ['A', { id: 'x' }],
      ['A', { id: 'y' }],
      ['B', { id: 'x' }],
      ['A', { id: 'x' }],
    ]);
    expect(runs.map(({ results }) => results.map(({ message }) => message.text))).to.deep.equal([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
      ['4', '4'],
    ]);
  });

  const spellings: readonly (readonly [string, Location, object])[] = [
    ['relative', { uri: 'src/a%20b.ts' }, {}],
    ['relative and not encoded', { uri: 'src/a b.ts' }, {}],
    ['relative with a dot', { uri: './src/a%20b.ts' }, {}],
    ['a file URL', { uri: `file://${ROOT}/src/a%20b.ts` }, {}],
    ['a file URL with one slash', { uri: `file:${ROOT}/src/a%20b.ts` }, {}],
    ['an absolute path', { uri: `${ROOT}/src/a b.ts` }, {}],
    [
      'relative to a base',
      { uri: 'a%20b.ts', uriBaseId: 'SRC' },
      { originalUriBaseIds: { SRC: { uri: `file://${ROOT}/src/` } } },
    ],
    [
      'relative to a base in a base',
      { uri: 'a%20b.ts', uriBaseId: 'SRC' },
      { originalUriBaseIds: { TOP: { uri: `file://${ROOT}/` }, SRC: { uri: 'src/', uriBaseId: 'TOP' } } },
    ],
    ['relative to a base that is not defined', { uri: 'src/a%20b.ts', uriBaseId: '%SRCROOT%' }, {}],
    [
      'an index alone',
      { index: 1 },
      { artifacts: [{ location: { uri: 'x' } }, { location: { uri: 'src/a%20b.ts' } }] },
    ],
  ];
  for (const [what, location, more] of spellings) {
    it(`finds the file of a location that is ${what}, and names no folder of this machine in the part`, () => {
      const text = log({
        tool: { driver: { name: 'T' } },
        results: [{ message: { text: 'm' }, locations: at(location) }],
        ...more,
      });
      const { parts, unexpected } = sarif.split(output(text), contextFor(['src/a b.ts']));
      expect(unexpected).to.deep.equal([]);
      expect(JSON.stringify([...parts])).not.to.include(ROOT);
      const moved = joined(sarif, kept(parts), { root: '/new root', cwd: '/new root', command: [] });
      expect(moved).not.to.include(ROOT);
      const back = runsOf(joined(sarif, kept(parts), contextFor([])))[0]!.results[0]!.locations![0]!.physicalLocation
        .artifactLocation;
      const expected = { ...location, uri: location.uri ?? 'src/a%20b.ts' };
      if (location.index !== undefined) expected.index = 0;
      if (location.uri?.startsWith('file:/h')) expected.uri = `file://${ROOT}/src/a%20b.ts`;
      expect(back).to.deep.equal(expected);
    });
  }

  it('bases that refer to each other in a circle do not hang', () => {
    const bases = { A: { uri: 'a/', uriBaseId: 'B' }, B: { uri: 'b/', uriBaseId: 'A' } };
    const results = [{ message: { text: 'm' }, locations: at({ uri: 'x.ts', uriBaseId: 'A' }) }];
    const text = log({ tool: { driver: { name: 'T' } }, originalUriBaseIds: bases, results });
    expect(sarif.split(output(text), contextFor(['x.ts'])).unexpected).to.deep.equal(['x.ts']);
  });

  it('a related location points at the artifact of another file, if that file has one, and at none otherwise', () => {
    const artifacts = [{ location: { uri: 'gone.ts' } }, { location: { uri: 'b.ts' } }, { location: { uri: 'a.ts' } }];
    const relatedLocations = [0, 1].map((index) => ({ physicalLocation: { artifactLocation: { index } } }));
    const results = [{ message: { text: 'm' }, locations: at({ index: 2 }), relatedLocations }];
    const text = log({ tool: { driver: { name: 'T' } }, artifacts, results });
    const parts = kept(sarif.split(output(text), contextFor(['a.ts', 'b.ts'])).parts);
    const run = runsOf(joined(sarif, parts, contextFor([])))[0]!;
    expect(run.artifacts).to.deep.equal([{ location: { uri: 'a.ts' } }, { location: { uri: 'b.ts' } }]);
    expect(
      run.results[0]!.relatedLocations!.map(({ physicalLocation }) => physicalLocation.artifactLocation),
    ).to.deep.equal([{ uri: 'gone.ts' }, { uri: 'b.ts', index: 1 }]);
  });

  it('what stands in shared lists of the run is filled in where it is used', () => {
    const run = {
      tool: { driver: { name: 'T' } },
      logicalLocations: [{ name: 'f', fullyQualifiedName: 'm.f' }],
      threadFlowLocations: [{ location: at({ uri: 'a.ts' })[0], kinds: ['call'] }],
      results: [
        {
          message: { text: 'm' },
          locations: [{ ...at({ uri: 'a.ts' })[0], logicalLocations: [{ index: 0 }] }],
          codeFlows: [{ threadFlows: [{ locations: [{ index: 0, executionOrder: 2 }] }] }],
        },
      ],
    };
    const parts = kept(sarif.split(output(log(run)), contextFor(['a.ts'])).parts);
    const [back] = runsOf(joined(sarif, parts, contextFor([])));
    expect(back!.results[0]!.locations![0]).to.deep.include({ logicalLocations: run.logicalLocations });
    expect(back!.results[0]!.codeFlows).to.deep.equal([
      { threadFlows: [{ locations: [{ ...run.threadFlowLocations[0], executionOrder: 2 }] }] },
    ]);
    expect(back).not.to.have.any.keys('logicalLocations', 'threadFlowLocations');
  });

  it('a result without a location is kept with every file of its call and printed once', () => {
    const tool = (files: readonly SourcePath[]): ReturnType<typeof output> =>
      output(
        log({
          tool: { driver: { name: 'T' } },
          results: [
            { message: { text: 'no lock file' } },
            ...files.map((uri) => ({ message: { text: 'm' }, locations: at({ uri }) })),
          ],
        }),
        3,
      );
    const parts = splitInBatches(sarif, tool, [paths('a.ts'), paths('b.ts', 'c.ts')]);
    const [run] = runsOf(joined(sarif, parts, contextFor([])));
    expect(run!.results.map(({ message }) => message.text)).to.deep.equal(['m', 'm', 'm', 'no lock file']);
    expect(sarif.exitCode(parts.slice(1), contextFor([]))).to.equal(3);
  });

  it('findings in files that were not asked about are in no part, and reported', () => {
    const results = [{ message: { text: 'm' }, locations: at({ uri: '../other/x.ts' }) }];
    const { parts, unexpected } = sarif.split(
      output(log({ tool: { driver: { name: 'T' } }, results })),
      contextFor(['a.ts']),
    );
    expect(unexpected).to.deep.equal(['../other/x.ts']);
    expect(joined(sarif, kept(parts), contextFor([]))).not.to.include('other');
  });

  it('what is about one call is left out: revision, guid, times, command line', () => {
    const run = {
      tool: { driver: { name: 'T' } },
      automationDetails: { id: 'i', guid: 'once' },
      versionControlProvenance: [{ repositoryUri: 'https://example.org/r', revisionId: 'once', branch: 'once' }],
      invocations: [{ executionSuccessful: true, commandLine: 'once', endTimeUtc: 'once' }],
      results: [{ message: { text: 'm' }, locations: at({ uri: 'a.ts' }), provenance: { invocationIndex: 0 } }],
    };
    const text = joined(sarif, kept(sarif.split(output(log(run)), contextFor(['a.ts'])).parts), contextFor([]));
    expect(text).not.to.include('once');
    expect(text).to.include('https://example.org/r');
  });

  it('a file over which the tool says that it failed is unanswered', () => {
    const toolExecutionNotifications = [
      { level: 'error', message: { text: 'cannot parse' }, locations: at({ uri: 'b.ts' }) },
    ];
    const run = {
      tool: { driver: { name: 'T' } },
      invocations: [{ executionSuccessful: false, toolExecutionNotifications }],
      results: [],
    };
    const split = sarif.split(output(log(run), 1), contextFor(['a.ts', 'b.ts']));
    expect([...split.parts.keys()]).to.deep.equal(['a.ts']);
    expect(split.unanswered).to.deep.equal(['b.ts']);
  });

  const driver = { driver: { name: 'T' } };
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['another version', '{"version":"2.0.0","runs":[]}', /version is "2\.0\.0"/],
    ['a log without runs', '{"version":"2.1.0"}', /"runs" is no list/],
    ['a run without a tool', log({ results: [] }), /no tool\.driver\.name/],
    ['results that are no list', log({ tool: driver, results: {} }), /"results" of a run/],
    [
      'results in another file',
      log({ tool: driver, externalPropertyFileReferences: { results: [{}] } }),
      /externalPropertyFileReferences/,
    ],
    [
      'an execution that failed over nothing in particular',
      log({ tool: driver, invocations: [{ executionSuccessful: false }] }),
      /execution failed/,
    ],
    ['an exit code without findings', log({ tool: driver, results: [] }), /exited with 1, and nothing/],
  ];
  for (const [what, text, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => sarif.split(output(text, 1), contextFor(['a.ts']))).to.throw(CacheError, message);
    });
  }
});
