/** Mocha's reporter `dot`, which says before its counts which stores were skipped: in the middle of the dots nobody reads it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Mocha from 'mocha';
import { skippedStores, STORES_VARIABLE } from './stores.js';
import { FOLDER_VARIABLE } from './temporary.js';

export default class Reporter extends Mocha.reporters.Dot {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    // The processes that run the tests are started after this. They are given a second to end: too little to remove all of their folders.
    const folder = (process.env[FOLDER_VARIABLE] ??= folderOfRun());
    process.env[STORES_VARIABLE] ??= path.join(folder, 'stores');
  }

  override epilogue(): void {
    const skipped = skippedStores();
    if (skipped.length > 0) {
      const line = '='.repeat(100);
      console.log(`\n${line}\n  STORES THAT WERE NOT TESTED ON THIS MACHINE\n`);
      for (const why of skipped) console.log(`  ${why}`);
      console.log(line);
    }
    super.epilogue();
  }
}

function folderOfRun(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-tests-'));
  // A server that does not run as root has its folder in it.
  fs.chmodSync(folder, 0o711);
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
