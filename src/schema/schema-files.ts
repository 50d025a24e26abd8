import { createRequire } from 'node:module';

/** The schemas by the name of their file; `schemas/` lies equally deep below `src/schema/` and `dist/schema/`. */
const SCHEMA_FILES = {
  analysis: '../../schemas/analysis.schema.json',
  analyzeOutput: '../../schemas/analyze-output.schema.json',
  config: '../../schemas/config.schema.json',
  epoch: '../../schemas/epoch.schema.json',
  execOutput: '../../schemas/exec-output.schema.json',
  fileHashes: '../../schemas/file-hashes.schema.json',
  planOutput: '../../schemas/plan-output.schema.json',
  resultRecord: '../../schemas/result-record.schema.json',
  sharedRecord: '../../schemas/shared-record.schema.json',
} as const;

export type SchemaName = keyof typeof SCHEMA_FILES;
export const SCHEMA_NAMES = Object.keys(SCHEMA_FILES) as readonly SchemaName[];

/** As much of JSON Schema as is read outside of ajv. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
}

const load = createRequire(import.meta.url);

/** The parsed schema; read from disk once. */
export function readSchema(name: SchemaName): SchemaNode {
  return load(SCHEMA_FILES[name]) as SchemaNode;
}
