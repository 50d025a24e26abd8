const decoder = new TextDecoder();
const parsed = new WeakMap<Uint8Array, JsonObject>();

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in `bytes`: JSON with comments and trailing commas, as in tsconfig.json; empty where it is none. */
export function looseJson(bytes: Uint8Array): JsonObject {
  let value = parsed.get(bytes);
  if (value === undefined) parsed.set(bytes, (value = parse(decoder.decode(bytes))));
  return value;
}

function parse(text: string): JsonObject {
  for (const source of [text, plainJson(text)]) {
    try {
      return objectOf(JSON.parse(source));
    } catch {
      // Not JSON as it stands: without comments it may be; otherwise it says nothing.
    }
  }
  return {};
}

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function stringsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

function plainJson(text: string): string {
  const tokens = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const withoutComments = text.replace(tokens, (token) => (token.startsWith('"') ? token : ' '));
  return withoutComments.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g, (token) => (token === ',' ? '' : token));
}
