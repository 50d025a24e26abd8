/** The code that ajv made of `schemas/` ahead of time: all of it in one module, which loads in a few milliseconds once it is bundled. */
import type { ErrorObject } from 'ajv';
import { validate as analysis } from './generated/validators/analysis.js';
import { validate as analyzeOutput } from './generated/validators/analyze-output.js';
import { validate as config } from './generated/validators/config.js';
import { validate as epoch } from './generated/validators/epoch.js';
import { validate as execOutput } from './generated/validators/exec-output.js';
import { validate as fileHashes } from './generated/validators/file-hashes.js';
import { validate as planOutput } from './generated/validators/plan-output.js';
import { validate as resultRecord } from './generated/validators/result-record.js';
import { validate as sharedRecord } from './generated/validators/shared-record.js';
import type { SchemaName } from './schema-files.js';

/** Whether a value is as its schema says. After `false`, `errors` holds what was found up to the first problem. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

export const CHECKS: Readonly<Record<SchemaName, SchemaCheck>> = {
  analysis,
  analyzeOutput,
  config,
  epoch,
  execOutput,
  fileHashes,
  planOutput,
  resultRecord,
  sharedRecord,
};
