import { scanJson, type JsonPlace } from '../schema/scan-json.js';
import { configError, positionIn, START, type ConfigDocument } from './config-document.js';

/**
 * The configuration in a JSON text: all of it, or its member `member`. Undefined where it has no such member.
 * @throws CacheError CACHE_BAD_CONFIG where the text is not JSON, nests too deep, or has a key twice.
 */
export function readJsonConfig(text: string, file: string, member?: string): ConfigDocument | undefined {
  const places = new Map<string, JsonPlace>();
  const scan = scanJson(text, (place) => places.set(place.path.join('\n'), place));
  if (!scan.ok)
    throw configError(file, positionIn(text, scan.offset), `not valid JSON: ${scan.problem}. Correct it there.`);
  const prefix = member === undefined ? [] : [member];
  if (!places.has(prefix.join('\n'))) return undefined;
  const whole: unknown = JSON.parse(text);
  return {
    file: member === undefined ? file : `${file}#${member}`,
    value: member === undefined ? whole : (whole as Record<string, unknown>)[member],
    locate(path, part) {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get([...prefix, ...path.slice(0, length)].join('\n'));
        if (place !== undefined) return positionIn(text, part === 'key' ? place.keyOffset : place.valueOffset);
      }
      return START;
    },
  };
}
