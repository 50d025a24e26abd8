/**
 * What a call's exit code says of its files, for tools of which nothing else is known. Exit 0 tells that none of its findings fails. Any
 * other code tells that some finding does, but not which: every part with findings carries the code, so that a note beside an
 * error fails as long as it is kept from that call. The exit code for all files is the largest that a part carries.
 */
import type { JsonValue } from '../../../model/json.js';
import { member, numberOr } from './json-shape.js';
import { reportUnreadable, type FormatName, type PartEntry } from './report-format.js';

/** Member of every part that is judged by this rule. */
export const EXIT_CODE = 'exitCode';

export const carriedCode = (exitCode: number, hasFindings: boolean): number => (hasFindings ? exitCode : 0);

/** @throws CacheError CACHE_REPORT_UNREADABLE where the call failed and the report does not say at what. */
export function expectExplained(format: FormatName, exitCode: number, findings: number): void {
  if (exitCode !== 0 && findings === 0)
    throw reportUnreadable(format, `the command exited with ${exitCode}, and nothing in the report tells why`);
}

export function largestCode(parts: Iterable<PartEntry>): number {
  let largest = 0;
  for (const [, part] of parts) largest = Math.max(largest, codeOf(part));
  return largest;
}

const codeOf = (part: JsonValue): number => numberOr(member(part, EXIT_CODE), 0);
