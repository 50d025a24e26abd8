import type { ContentHash } from '../../model/ids.js';
import type { Candidate } from '../../plan/make-plan.js';
import type { SharedWanted } from '../../share/find-shared.js';
import { sharedKey } from '../../share/shared-key.js';
import type { ContentDigests } from './content-digests.js';

/**
 * The record of a task as other machines name it; undefined for what must not, or cannot, be told by a hash that others can compare.
 * @param analyzed content that was analyzed; default: that of the plan.
 */
export function wantedFor(
  { path, analyzer, contentHash }: Candidate,
  digests: ContentDigests,
  analyzed: ContentHash = contentHash,
): SharedWanted | undefined {
  if (analyzer.isLocal === true) return undefined;
  const digest = digests.find(path, analyzed);
  if (digest === undefined) return undefined;
  const { fingerprint, pathIndependent } = analyzer.identity;
  const subject = { fingerprint, path: pathIndependent ? null : path, contentHash: digest };
  return { ...subject, key: sharedKey(subject), analyzerId: analyzer.id };
}
