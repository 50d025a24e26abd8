/**
 * Makes the code that checks values against one schema: ajv's own, written down instead of compiled at run time, which takes longer
 * than most runs. `scripts/generate-types.ts` writes it.
 */
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import standaloneCode from 'ajv/dist/standalone/index.js';

type Json = Readonly<Record<string, unknown>>;

/** The source of a TypeScript module that exports one function, `validate`. */
export function validatorOf(schema: Json): string {
  const ajv = newAjv();
  const code = standaloneCode.default(ajv, ajv.compile(withoutAnnotations(schema)));
  return [
    '// Generated from schemas/ by scripts/generate-validators.ts. Do not edit.',
    '// @ts-nocheck: it is the code of ajv, which has no types.',
    "import type { SchemaCheck } from '../../checks.js';",
    withImports(withoutUnusedSchemas(withoutSourceUrls(withTypedExport(code)))),
  ].join('\n');
}

/** ajv as it judges the documents. The property test compiles with the same. */
export function newAjv(): Ajv {
  // The schemas are ours and a test checks them, so they are not checked here.
  const ajv = new Ajv({
    strict: true,
    allErrors: false,
    validateSchema: false,
    meta: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats.default(ajv, { mode: 'fast', formats: ['date-time'] });
  return ajv;
}

const ANNOTATIONS = new Set(['title', 'description', 'default']);
/** Keywords whose members are schemas under names of our own, which may be called like an annotation. */
const NAMED_SCHEMAS = new Set(['properties', 'patternProperties', 'dependencies', 'definitions']);
/** Keywords whose value is data. */
const DATA = new Set(['const', 'enum', 'required']);

/** The schema without what is for people: the code holds parts of it, and a better description must not change the code. */
function withoutAnnotations(schema: Json): Json {
  return mapMembers(schema, (keyword, value) => {
    if (ANNOTATIONS.has(keyword)) return undefined;
    if (DATA.has(keyword)) return value;
    return NAMED_SCHEMAS.has(keyword) ? mapMembers(value as Json, (_, inner) => cleaned(inner)) : cleaned(value);
  });
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return typeof value === 'object' && value !== null ? withoutAnnotations(value as Json) : value;
}

function mapMembers(value: Json, change: (name: string, member: unknown) => unknown): Json {
  const members = Object.entries(value).map(([name, member]) => [name, change(name, member)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

function withTypedExport(code: string): string {
  const start = /^"use strict";\nexport const validate = (\w+);\nexport default \1;\n/;
  if (!start.test(code)) throw new Error(`ajv wrote code that begins otherwise than ${start.source}`);
  return code.replace(start, 'export const validate: SchemaCheck = $1;\n');
}

/** They name the schema to a debugger that looks at compiled strings; here there is a file. */
const withoutSourceUrls = (code: string): string => code.replace(/^\/\*# sourceURL=.*\*\/;\n/gm, '');

/** ajv writes down every schema that it met; few are read. */
function withoutUnusedSchemas(code: string): string {
  return code.replace(/^const (schema\d+) = .*\n/gm, (line, name: string) =>
    code.split(new RegExp(`\\b${name}\\b`)).length > 2 ? line : '',
  );
}

/** Calls of `require` as imports, so that the bundle holds what they name. */
function withImports(code: string): string {
  const modules = new Map<string, string>();
  const body = code.replace(/require\("([^"]+)"\)/g, (_, name: string) => {
    const local = name.slice(name.lastIndexOf('/') + 1);
    modules.set(local, `${name}.js`);
    return local;
  });
  const imports = [...modules].map(([local, name]) => `import ${local} from '${name}';\n`);
  return `${imports.join('')}${body.trimEnd()}\n`;
}
