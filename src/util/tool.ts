import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../../package.json') as { name: string; version: string };

/** What writes the documents. */
export const TOOL = { name: manifest.name, version: manifest.version } as const;
