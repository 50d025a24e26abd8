import type { ListedObject, ObjectMetadata } from './object-client.js';
import { keyOf } from './object-metadata.js';
import type { ObjectNames } from './object-names.js';
import type { Call } from './object-requests.js';

/** Names of one page: the most that vendors give. */
const PAGE_SIZE = 1000;

export interface ListedKey {
  readonly key: string;
  readonly name: string;
  /** Undefined where a listing does not tell it. */
  readonly metadata: ObjectMetadata | undefined;
}

/** Every object whose name begins with `prefix`, page by page, in the server's order. */
export async function* listNames(call: Call, prefix: string): AsyncGenerator<readonly ListedObject[]> {
  let cursor: string | undefined;
  do {
    const from = cursor;
    const page = await call.send((client, { signal }) =>
      client.list(prefix, { cursor: from, limit: PAGE_SIZE, signal }),
    );
    yield page.objects;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** Every key that begins with `prefix`, expired ones included, page by page, in no certain order. */
export async function* listKeys(call: Call, names: ObjectNames, prefix: string): AsyncGenerator<readonly ListedKey[]> {
  for (const root of names.listPrefixes(prefix)) {
    for await (const page of listNames(call, root)) {
      yield page.flatMap(({ name, metadata }) => {
        const key = names.keyOf(name);
        return key?.startsWith(prefix) === true ? [{ key, name, metadata }] : [];
      });
    }
  }
  for await (const page of listNames(call, names.longRoot)) yield await longKeys(call, names, page, prefix);
}

/** Their names are digests: the metadata have the keys. */
async function longKeys(
  call: Call,
  names: ObjectNames,
  page: readonly ListedObject[],
  prefix: string,
): Promise<ListedKey[]> {
  const known = await Promise.all(
    page.map(async ({ name, metadata }) => {
      const told = metadata ?? (await call.send((client, { signal }) => client.head(name, { signal })))?.metadata;
      return { name, metadata: told, key: told === undefined ? undefined : keyOf(told) };
    }),
  );
  return known.flatMap(({ key, name, metadata }) =>
    key?.startsWith(prefix) === true && names.of(key).name === name ? [{ key, name, metadata }] : [],
  );
}
