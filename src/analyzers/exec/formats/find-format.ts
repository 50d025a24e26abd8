import { CacheError } from '../../../model/errors.js';
import { didYouMean } from '../../../util/suggest.js';
import { eslintJson } from './eslint-json.js';
import { jsonFormat } from './json.js';
import { parseJsonPath } from './json-shape.js';
import { ndjsonFormat } from './ndjson.js';
import { FORMAT_NAMES, type FormatName, type FormatOptions, type ReportFormat } from './report-format.js';
import { ruffJson } from './ruff-json.js';
import { sarif } from './sarif.js';
import { text } from './text.js';

/**
 * The report format of that name.
 * @throws CacheError CACHE_USAGE where there is none, or where its options are missing or belong to another format.
 */
export function findFormat(name: string, options: FormatOptions = {}): ReportFormat {
  if (!isFormatName(name))
    throw usage(
      `There is no report format "${name}"${didYouMean(name, FORMAT_NAMES)}. Known: ${FORMAT_NAMES.join(', ')}.`,
    );
  if (options.list !== undefined && name !== 'json') throw usage(`The format "${name}" has no list to point at.`);
  if (options.pathField !== undefined && name !== 'json' && name !== 'ndjson')
    throw usage(`The format "${name}" knows where its paths are; name no field.`);
  switch (name) {
    case 'eslint-json':
      return eslintJson;
    case 'ruff-json':
      return ruffJson;
    case 'sarif':
      return sarif;
    case 'text':
      return text;
    case 'json':
      return jsonFormat(listPath(options.list ?? ''), pathField(name, options));
    case 'ndjson':
      return ndjsonFormat(pathField(name, options));
  }
}

const isFormatName = (name: string): name is FormatName => FORMAT_NAMES.some((known) => known === name);

function listPath(pointer: string): readonly string[] {
  if (pointer !== '' && !pointer.startsWith('/'))
    throw usage(`The list is named by a JSON pointer such as "/${pointer}", not by "${pointer}".`);
  return parseJsonPath(pointer);
}

function pathField(name: FormatName, { pathField }: FormatOptions): readonly string[] {
  if (pathField === undefined || pathField === '')
    throw usage(`The format "${name}" needs the name of the field that holds a file's path.`);
  return parseJsonPath(pathField);
}

const usage = (message: string): CacheError => new CacheError('CACHE_USAGE', message);
