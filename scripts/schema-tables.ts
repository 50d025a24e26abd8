/** The part of JSON Schema that our schemas use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly schema: Schema;
  readonly optional: boolean;
}

/** Markdown table of every field of a document, nested ones with a dotted name. */
export function fieldTable(schema: Schema): string {
  const rows = fieldsOf(schema, schema, '').map(({ name, type, schema: { description }, optional }) => [
    `\`${name}\``,
    optional ? `${type}, optional` : type,
    description ?? '',
  ]);
  return table(['field', 'type', 'meaning'], rows);
}

/** Markdown table of the keys of a configuration, with their defaults. */
export function keyTable(schema: Schema): string {
  const rows = fieldsOf(schema, schema, '')
    .filter(({ name }) => name !== '$schema')
    .map(({ name, type, schema: { description, default: value } }) => [
      `\`${name}\``,
      type,
      value === undefined ? '' : `\`${JSON.stringify(value)}\``,
      description ?? '',
    ]);
  return table(['key', 'type', 'default', 'meaning'], rows);
}

function fieldsOf(schema: Schema, root: Schema, prefix: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([property, unresolved]) => {
    const name = `${prefix}${property}`;
    const resolved = resolve(unresolved, root);
    const field = {
      name,
      type: typeOf(resolved, root),
      schema: resolved,
      optional: !schema.required?.includes(property),
    };
    return [field, ...nestedFields(resolved, root, name)];
  });
}

function nestedFields(schema: Schema, root: Schema, name: string): Field[] {
  const { items, additionalProperties: values } = schema;
  if (schema.properties !== undefined) return fieldsOf(schema, root, `${name}.`);
  if (schema.anyOf !== undefined)
    return schema.anyOf.flatMap((option) => fieldsOf(resolve(option, root), root, `${name}.`));
  if (items !== undefined)
    return [items, ...(items.anyOf ?? [])].flatMap((item) => fieldsOf(resolve(item, root), root, `${name}[].`));
  if (typeof values === 'object') return fieldsOf(resolve(values, root), root, `${name}.<name>.`);
  return [];
}

/** Keywords beside `$ref` win over those of the definition, so that a field has its own description. */
function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const definition = root.definitions?.[schema.$ref.replace('#/definitions/', '')];
  return { ...definition, ...schema };
}

function typeOf(schema: Schema, root: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((option) => typeOf(resolve(option, root), root)))].join(' or ');
  if (schema.type === undefined) return 'any JSON';
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return types.map((type) => (type === 'array' ? `list${elementOf(schema, root)}` : type)).join(' or ');
}

function elementOf({ items }: Schema, root: Schema): string {
  return items === undefined ? '' : ` of ${typeOf(resolve(items, root), root)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}
