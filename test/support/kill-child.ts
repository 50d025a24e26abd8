/** Plays one scenario and is killed on the way; exits with 0 if the fault lies behind the end. */
import { faultyFs, type Fault } from './fault-fs.js';
import { cacheOf, SCENARIOS } from './kill-scenarios.js';

const { scenario, folder, fault } = JSON.parse(process.argv[2] ?? '{}') as {
  scenario: string;
  folder: string;
  fault: Fault;
};
await SCENARIOS[scenario]?.act(folder, faultyFs({ under: cacheOf(folder), fault }).fs);
