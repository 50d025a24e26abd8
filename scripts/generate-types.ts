/**
 * Writes what is derived from `schemas/`: the types and validators in `src/schema/generated/` and the tables in `docs/`.
 * Run it after every edit of a schema: npx tsx scripts/generate-types.ts
 */
import { compile } from 'json-schema-to-typescript';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { validatorOf } from './generate-validators.js';
import { fieldTable, keyTable, type Schema } from './schema-tables.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The schemas that get a type and a validator, by the name of both files. */
export const DOCUMENT_KINDS = [
  'analysis',
  'analyze-output',
  'config',
  'epoch',
  'exec-output',
  'file-hashes',
  'plan-output',
  'result-record',
  'shared-record',
] as const;

/** Definitions that have a type of their own in `src/model`. */
const MODEL_TYPES: Readonly<Record<string, { readonly type: string; readonly from?: string }>> = {
  codebaseId: { type: 'CodebaseId', from: 'ids' },
  contentHash: { type: 'ContentHash', from: 'ids' },
  dependency: { type: 'Dependency', from: 'dependency' },
  inputDependency: { type: 'InputDependency', from: 'dependency' },
  fingerprint: { type: 'Fingerprint', from: 'ids' },
  recordId: { type: 'RecordId', from: 'ids' },
  resultKey: { type: 'ResultKey', from: 'ids' },
  sourcePath: { type: 'SourcePath', from: 'ids' },
  versionId: { type: 'VersionId', from: 'ids' },
  jsonValue: { type: 'JsonValue', from: 'json' },
  jsonObject: { type: 'Readonly<Record<string, JsonValue>>', from: 'json' },
  digest: { type: 'string' },
  globs: { type: 'string[]' },
  analyzerSpec: { type: 'string' },
};

const BANNER = '// Generated from schemas/ by scripts/generate-types.ts. Do not edit.';

/** Every derived file by its path relative to the repository, as it should be now. */
export async function derivedFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const kind of DOCUMENT_KINDS) {
    files.set(`src/schema/generated/${kind}.ts`, await typesOf(kind));
    files.set(`src/schema/generated/validators/${kind}.ts`, validatorOf({ ...readSchema(kind) }));
  }
  for (const name of ['docs/configuration.md', 'docs/formats.md']) files.set(name, await withCurrentTables(name));
  return files;
}

function readSchema(kind: string): Schema {
  return JSON.parse(fs.readFileSync(path.join(ROOT, `schemas/${kind}.schema.json`), 'utf8')) as Schema;
}

async function typesOf(kind: string): Promise<string> {
  const source = await compile(withModelTypes(readSchema(kind)) as never, kind, {
    additionalProperties: true,
    bannerComment: '',
    ignoreMinAndMaxItems: true,
    unknownAny: true,
    format: false,
  });
  const options = await prettier.resolveConfig(path.join(ROOT, 'package.json'));
  return prettier.format(`${BANNER}\n${importsFor(source)}\n${asReadonly(source)}`, {
    ...options,
    parser: 'typescript',
  });
}

/** The schema with a type of `src/model` in place of each reference to a definition that has one. */
function withModelTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withModelTypes);
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, description } = node as Schema;
  const model = MODEL_TYPES[$ref?.replace('#/definitions/', '') ?? ''];
  if (model !== undefined) return { tsType: model.type, description };
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withModelTypes(value)]));
}

function importsFor(source: string): string {
  const modules = new Map<string, string[]>();
  for (const { type, from } of Object.values(MODEL_TYPES)) {
    if (from === undefined || !/^\w+$/.test(type) || !new RegExp(`\\b${type}\\b`).test(source)) continue;
    modules.set(from, [...(modules.get(from) ?? []), type]);
  }
  return [...modules]
    .map(([from, types]) => `import type { ${types.join(', ')} } from '../../model/${from}.js';\n`)
    .join('');
}

/** Documents are values: what was read is never changed in place. The library that makes the types has no option for this. */
function asReadonly(source: string): string {
  return source
    .replace(/^( *)((?:"?[\w$]+"?\??|\[k: string\]): )/gm, '$1readonly $2')
    .replace(/(\b\w+|\([^()]*\))\[\]/g, 'readonly $1[]');
}

/** The page with each table between `<!-- table: … -->` and `<!-- end of table -->` made anew. */
async function withCurrentTables(name: string): Promise<string> {
  const file = path.join(ROOT, name);
  const text = fs
    .readFileSync(file, 'utf8')
    .replace(
      /(<!-- (keys|fields): ([a-z-]+) -->\n)[^]*?(<!-- end of table -->)/g,
      (_, start: string, sort: string, kind: string, end: string) =>
        `${start}\n${sort === 'keys' ? keyTable(readSchema(kind)) : fieldTable(readSchema(kind))}\n${end}`,
    );
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), parser: 'markdown' });
}

async function writeDerivedFiles(): Promise<void> {
  for (const [name, text] of await derivedFiles()) {
    const file = path.join(ROOT, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDerivedFiles();
