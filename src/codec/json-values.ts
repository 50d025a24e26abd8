import { maxValuesIn } from './msgpack-scan.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/**
 * What is wrong with the number of values in JSON text: a list of empty lists takes twenty times its length in memory, and seconds. Names count
 * as values, as in MessagePack. Only text that is long enough to have so many is looked at, and none is parsed.
 */
export function problemInJsonValues(json: Uint8Array, { maxBytes }: { readonly maxBytes: number }): string | undefined {
  const most = maxValuesIn(maxBytes);
  // No value has less than two bytes, with the comma or the bracket that belongs to it.
  if (json.length <= 2 * most) return undefined;
  let values = 1;
  let isInText = false;
  for (let at = 0; at < json.length && values <= most; at++) {
    const byte = json[at];
    if (byte === QUOTE) isInText = !isInText;
    else if (isInText) {
      if (byte === BACKSLASH) at++;
    } else if (byte === COMMA || byte === COLON || byte === OPEN_BRACKET || byte === OPEN_BRACE) values++;
  }
  return values > most ? `it has more than ${most} values` : undefined;
}
