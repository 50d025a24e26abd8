/**
 * Checks of values against `schemas/`. The code of the checks is loaded by the first call: an unchanged run needs none of it.
 */
import type { ErrorObject } from 'ajv';
import type { SchemaCheck } from './checks.js';
import { SCHEMA_NAMES, type SchemaName } from './schema-files.js';

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

type Checks = Readonly<Record<SchemaName, SchemaCheck>>;

let validators: Promise<Validators> | undefined;

/** The validators of all documents. Later calls answer the same functions. */
export function loadValidators(): Promise<Validators> {
  return (validators ??= loadChecks().then(
    (checks) =>
      Object.fromEntries(
        SCHEMA_NAMES.map((name) => [name, (value: unknown) => firstFault(checks[name], value)?.problem]),
      ) as Record<SchemaName, Validator>,
  ));
}

/** Like the validator `name`, for callers that say more about the problem than one line. */
export async function findFault(name: SchemaName, value: unknown): Promise<SchemaFault | undefined> {
  return firstFault((await loadChecks())[name], value);
}

const loadChecks = async (): Promise<Checks> => (await import('./checks.js')).CHECKS;

function firstFault(check: SchemaCheck, value: unknown): SchemaFault | undefined {
  return check(value) ? undefined : faultOf(check.errors ?? []);
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
