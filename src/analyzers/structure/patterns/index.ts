import type { FileFacts } from '../facts.js';
import type { Pattern } from '../result.js';
import { byCodeUnit } from '../../../util/paths.js';
import { AUTHENTICATION_PATTERNS } from './authentication.js';
import { DATA_PATTERNS } from './data.js';
import { DESIGN_PATTERNS } from './design.js';
import { IDIOMS } from './idioms.js';
import { REACT_PATTERNS } from './react.js';
import { patternOf, type Detector } from './signal.js';
import { WEB_PATTERNS } from './web.js';

const DETECTORS: readonly Detector[] = [
  ...IDIOMS,
  ...REACT_PATTERNS,
  ...WEB_PATTERNS,
  ...DATA_PATTERNS,
  ...AUTHENTICATION_PATTERNS,
  ...DESIGN_PATTERNS,
];

/** Every pattern that the file shows, by type. */
export function findPatterns(facts: FileFacts): Pattern[] {
  return DETECTORS.flatMap(({ type, signals }) => patternOf(type, signals(facts)) ?? []).sort((a, b) =>
    byCodeUnit(a.type, b.type),
  );
}
