/**
 * Checks of values against `schemas/`. ajv is loaded by the first call and each schema is compiled by its first use: both cost more
 * than most commands need.
 */
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { readSchema, SCHEMA_NAMES, type SchemaName } from './schema-files.js';

/** The first problem of a value in one line, e.g. `/files/src~1a.ts must be object`, or undefined where it is as it should be. */
export type Validator = (value: unknown) => string | undefined;
export type Validators = Readonly<Record<SchemaName, Validator>>;

/** The first problem of a value, in parts. */
export interface SchemaFault {
  /** In one line, with the place as a JSON pointer. */
  readonly problem: string;
  /** The same without the place. */
  readonly message: string;
  /** Names and indexes from the top of the value to where the problem is. */
  readonly path: readonly string[];
  /** Keyword of JSON Schema that is not met. */
  readonly keyword: string;
  readonly unknownKey?: string;
  readonly allowedValues?: readonly unknown[];
}

let loading: Promise<Ajv> | undefined;
const compiled = new Map<SchemaName, ValidateFunction>();

/** The validators of all documents. Later calls answer the same functions. */
export async function loadValidators(): Promise<Validators> {
  const ajv = await (loading ??= loadAjv());
  return Object.fromEntries(SCHEMA_NAMES.map((name) => [name, validatorOf(ajv, name)])) as unknown as Validators;
}

/** Like the validator `name`, for callers that say more about the problem than one line. */
export async function findFault(name: SchemaName, value: unknown): Promise<SchemaFault | undefined> {
  const check = compile(await (loading ??= loadAjv()), name);
  return check(value) ? undefined : faultOf(check.errors ?? []);
}

async function loadAjv(): Promise<Ajv> {
  const [{ Ajv }, formats] = await Promise.all([import('ajv'), import('ajv-formats')]);
  // The schemas are ours and a test checks them: compiling the schema of schemas for that would take longer than all of ours.
  const ajv = new Ajv({ strict: true, allErrors: false, validateSchema: false, meta: false });
  // A CommonJS module: its function is the default export of its default export.
  const addFormats = formats.default as unknown as { default: (ajv: Ajv, options: object) => void };
  addFormats.default(ajv, { mode: 'fast', formats: ['date-time'] });
  return ajv;
}

function validatorOf(ajv: Ajv, name: SchemaName): Validator {
  let check: ValidateFunction | undefined;
  return (value) => {
    check ??= compile(ajv, name);
    return check(value) ? undefined : faultOf(check.errors ?? []).problem;
  };
}

function compile(ajv: Ajv, name: SchemaName): ValidateFunction {
  let check = compiled.get(name);
  if (check === undefined) {
    check = ajv.compile(readSchema(name));
    compiled.set(name, check);
  }
  return check;
}

const MAX_PROBLEM_CHARACTERS = 200;

function faultOf(errors: readonly ErrorObject[]): SchemaFault {
  const error = mostTelling(errors);
  if (error === undefined) return { problem: 'is not valid', message: 'is not valid', path: [], keyword: '' };
  const { instancePath, keyword, message = 'is not valid' } = error;
  const params: Readonly<Record<string, unknown>> = error.params;
  const unknownKey = params['additionalProperty'];
  const path = instancePath === '' ? [] : instancePath.slice(1).split('/').map(unescapePointer);
  const subject = typeof unknownKey === 'string' ? `${message}: ${JSON.stringify(unknownKey)}` : message;
  return {
    problem: oneLine(`${instancePath === '' ? 'the document' : instancePath} ${subject}`),
    message,
    path,
    keyword,
    ...(typeof unknownKey === 'string' ? { unknownKey } : {}),
    ...(Array.isArray(params['allowedValues']) ? { allowedValues: params['allowedValues'] } : {}),
  };
}

/** Of a choice that failed, the alternative that got further than its type says most. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const choice = errors.at(-1);
  if (choice?.keyword !== 'anyOf') return errors[0];
  return (
    errors.find(({ keyword, instancePath }) => keyword !== 'type' || instancePath !== choice.instancePath) ?? choice
  );
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function oneLine(text: string): string {
  // Names of files may hold anything, and this may go to a terminal.
  const shown = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
  return shown.length > MAX_PROBLEM_CHARACTERS ? `${shown.slice(0, MAX_PROBLEM_CHARACTERS)}…` : shown;
}
