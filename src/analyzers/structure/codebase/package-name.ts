import { isBuiltin } from 'node:module';

/**
 * The npm package that a module specifier names: `@scope/name` or its first part. Node's own modules have one name, with `node:`,
 * however they are written. Undefined for what is no package: an absolute path, an empty specifier.
 */
export function packageOf(specifier: string): string | undefined {
  if (specifier === '' || specifier.startsWith('/')) return undefined;
  const [first = '', second] = specifier.replace(/^node:/, '').split('/', 2);
  if (isBuiltin(first) || specifier.startsWith('node:')) return `node:${first}`;
  if (/^[a-z][a-z+.-]*:/.test(specifier)) return specifier;
  return first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
}
