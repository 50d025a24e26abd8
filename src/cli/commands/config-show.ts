import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { table } from '../print/table.js';
import { loadSettings, remoteFlags, scopeFlags, storageOptions } from '../settings.js';

export const configShow: Command = async (invocation) => {
  const { options, console } = invocation;
  const { config } = await loadSettings(invocation, { flags: { ...scopeFlags(options), ...remoteFlags(options) } });
  // What a run would stumble over is said here, too: a variable that is not set, a key that cannot be read.
  storageOptions(config);
  const { values, origins, file = null } = config;
  if (console.asJson) {
    await console.printJson({ schemaVersion: 1, file, values, origins });
    return EXIT.ok;
  }
  const rows = Object.entries(origins).map(([key, origin = '']) => [
    key,
    escape(JSON.stringify(valueAt(values, key))),
    `(${escape(origin)})`,
  ]);
  for (const line of table(rows)) console.print(line);
  if (file === null) console.note('There is no configuration file.');
  return EXIT.ok;
};

/** Value of `limits.versions`, and of keys without a dot. */
function valueAt(values: object, key: string): unknown {
  return key.split('.').reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], values);
}
