import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../util/clock.js';
import type { PutCondition } from './object-client.js';
import { metadataOf } from './object-metadata.js';
import type { ObjectNames } from './object-names.js';
import type { Call } from './object-requests.js';

/** After so many ms `sweep` removes what a killed process left. */
const PROBE_LIFETIME_MS = 10 * 60_000;

/**
 * Whether the server keeps to both conditions: it has to refuse where they do not hold. Some ignore them and overwrite, some answer that they do
 * not know them. Also shows that writing is allowed. No object is written twice: Google allows that once a second.
 * @throws CacheError where writing is not allowed.
 */
export async function probeConditions(call: Call, names: ObjectNames, clock: Clock): Promise<boolean> {
  const id = randomUUID();
  const one = names.probe(`${id}-1`);
  const other = names.probe(`${id}-2`);
  const savedAt = clock.now();
  const metadata = metadataOf({ savedAt, expiresAt: savedAt + PROBE_LIFETIME_MS });
  const put = (name: string, condition?: PutCondition) =>
    call.send(async (client, { signal }) => {
      try {
        return await client.put(name, Buffer.from(randomUUID()), { metadata, signal, ...(condition && { condition }) });
      } catch (error) {
        const isUnknown = condition !== undefined && client.failureOf(error).failure === 'failed';
        if (isUnknown) return 'unknown';
        throw error;
      }
    });
  try {
    const [first, second] = await Promise.all([put(one, { if: 'absent' }), put(other, { if: 'absent' })]);
    if (typeof first === 'string' || typeof second === 'string') {
      await put(one);
      return false;
    }
    const answers = await Promise.all([
      put(one, { if: 'absent' }),
      put(one, { if: 'version', version: second.version }),
    ]);
    return answers.every((answer) => answer === 'refused');
  } finally {
    await removeProbes(call, [one, other]);
  }
}

async function removeProbes(call: Call, names: readonly string[]): Promise<void> {
  try {
    await call.sendEach(names, (client, name, { signal }) => client.deleteMany([name], { signal }));
  } catch {
    // They expire; `sweep` removes them.
  }
}
