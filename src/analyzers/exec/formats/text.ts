import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '../../../model/json.js';
import { EXIT_CODE, largestCode } from './exit-rule.js';
import { isList, member, textOr } from './json-shape.js';
import { MAX_REPORT_BYTES } from './read-report.js';
import {
  reportUnreadable,
  type PartEntry,
  type ReportFormat,
  type SplitContext,
  type SplitReport,
  type ToolOutput,
} from './report-format.js';

const NAME = 'text';
/** What no file name goes on with: an occurrence of the root in front of it is the root and not the beginning of a longer name. */
const NAME_ENDS = String.raw`(?=[/\\\s:;,"'()\[\]<>]|$)`;
const NAME_BEGINS = String.raw`(?<![\w./\\-])`;

/**
 * Whatever a tool prints about one file, both streams. A part holds them as pieces with the root between each two, so that they
 * name the current root when they are printed again. The exit code for all files is the highest.
 */
export const text: ReportFormat = {
  name: NAME,
  oneFilePerCall: true,
  split,
  join: (parts, { root }) => streamOf(parts, 'stdout', root),
  joinErrors: (parts, { root }) => streamOf(parts, 'stderr', root),
  exitCode: (parts) => largestCode(parts),
};

function split({ stdout, stderr, exitCode }: ToolOutput, { root, files }: SplitContext): SplitReport {
  const [path, ...others] = files;
  if (path === undefined || others.length > 0)
    throw new TypeError(`Expected one file in a call with format "${NAME}", found ${files.length}`);
  const part = { [EXIT_CODE]: exitCode, stdout: pieces(stdout, root), stderr: pieces(stderr, root) };
  return { parts: new Map([[path, part]]), unanswered: [], unexpected: [] };
}

function pieces(bytes: Uint8Array, root: string): JsonValue {
  if (bytes.length > MAX_REPORT_BYTES) throw reportUnreadable(NAME, `it has more than ${MAX_REPORT_BYTES} bytes`);
  if (!isUtf8(bytes)) throw reportUnreadable(NAME, 'it is not valid UTF-8');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split(occurrencesOf(root));
}

/** The root itself is a folder too short to be told from other text. */
const occurrencesOf = (root: string): RegExp =>
  root.length < 2 ? /(?!)/ : new RegExp(NAME_BEGINS + root.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) + NAME_ENDS);

function* streamOf(parts: Iterable<PartEntry>, stream: string, root: string): Generator<string> {
  for (const [, part] of parts) {
    const kept = member(part, stream);
    const piece = isList(kept) ? kept.map((item) => textOr(item, '')).join(root) : '';
    if (piece !== '') yield piece;
  }
}
