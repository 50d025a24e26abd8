import fc from 'fast-check';
import type { SourcePath } from '../../../../src/model/ids.js';
import type { JsonValue } from '../../../../src/model/json.js';
import type {
  JoinContext,
  PartEntry,
  ReportFormat,
  SplitContext,
  SplitReport,
  ToolOutput,
} from '../../../../src/analyzers/exec/formats/report-format.js';

export const ROOT = '/home/me/shop';

export const paths = (...names: readonly string[]): SourcePath[] => names as SourcePath[];

/** A call for `files`, run in the root. */
export function contextFor(files: readonly string[], place: Partial<SplitContext> = {}): SplitContext {
  return { root: ROOT, cwd: ROOT, command: ['tool'], ...place, files: files as SourcePath[] };
}

export function output(stdout: string | Uint8Array, exitCode = 0, stderr = ''): ToolOutput {
  return { stdout: typeof stdout === 'string' ? Buffer.from(stdout) : stdout, stderr: Buffer.from(stderr), exitCode };
}

/** What a store makes of parts: JSON and back. */
export function kept(parts: SplitReport['parts']): PartEntry[] {
  return [...parts].map(([path, part]) => [path, JSON.parse(JSON.stringify(part)) as JsonValue] as const);
}

export function joined(format: ReportFormat, parts: Iterable<PartEntry>, context: JoinContext): string {
  return [...format.join(parts, context)].join('');
}

/** A tool that answers for any files. */
export type Tool = (files: readonly SourcePath[]) => ToolOutput;

/** Parts of all files in their order, asked for in batches. */
export function splitInBatches(
  format: ReportFormat,
  tool: Tool,
  batches: readonly (readonly SourcePath[])[],
  place: Partial<SplitContext> = {},
): PartEntry[] {
  const parts = batches.flatMap((batch) => kept(format.split(tool(batch), contextFor(batch, place)).parts));
  return parts.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Some files, sorted, and a way to deal them out to calls. */
export const filesInBatches: fc.Arbitrary<{ files: SourcePath[]; batches: SourcePath[][] }> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'src/b', 'ä ö', 'x%20y', "it's (1)"), fc.integer({ min: 0, max: 30 })), {
    minLength: 1,
    maxLength: 12,
    selector: ([folder, number]) => `${folder}${number}`,
  })
  .chain((names) => {
    const files = paths(...names.map(([folder, number]) => `${folder}/f${number}.ts`).sort());
    return fc.array(fc.nat(3), { minLength: files.length, maxLength: files.length }).map((calls) => ({
      files,
      batches: [0, 1, 2, 3]
        .map((call) => files.filter((_, index) => calls[index] === call))
        .filter((batch) => batch.length > 0),
    }));
  });

/** How many findings each file has; the same for equal names. */
export const countFor = (path: string): number => Buffer.from(path).reduce((sum, byte) => sum + byte, 0) % 4;

export const count = (total: number): number[] => Array.from({ length: total }, (_, index) => index + 1);
