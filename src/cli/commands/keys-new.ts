import path from 'node:path';
import { newKeyPair, realFs, writeKeyPair } from '../../index.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { shownPath } from '../settings.js';

export const keysNew: Command = async ({ options, console, cwd }) => {
  const pair = newKeyPair();
  const { publicKey, keyId } = pair;
  const files = writeKeyPair(realFs, path.resolve(cwd, options.out ?? '.'), pair);
  if (console.asJson) {
    await console.printJson({ schemaVersion: 1, publicKey, keyId, ...files });
    return EXIT.ok;
  }
  // The one line of the result: what follows is advice.
  console.print(publicKey);
  const privateKeyFile = escape(shownPath(files.privateKeyFile, cwd));
  console.note(`Key ${keyId}. Private key: ${privateKeyFile}, for its owner alone; do not commit it.`);
  console.note('Who sends results: put its text into the secret DOCUMEE_SIGNING_KEY, or into the configuration:');
  console.note(`  remote: { signing: { privateKeyFile: ${JSON.stringify(escape(files.privateKeyFile))} } }`);
  console.note('Who takes results: put the line above into DOCUMEE_PUBLIC_KEYS, or into the configuration:');
  console.note(`  remote: { signing: { publicKeys: ['${publicKey}'] } }`);
  return EXIT.ok;
};
