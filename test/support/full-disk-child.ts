/** One run with its cache on the disk that was mounted for it; says what came of it. */
import { Calls, canonicalLines, observe, toyAnalyzers } from './oracle.js';

const [basePath = '', root = ''] = process.argv.slice(2);
const { run, of } = await observe({
  root,
  basePath,
  analyzers: toyAnalyzers(new Calls(), { version: '2', minimum: 4 }),
});
const results = (await canonicalLines(run)).length;
console.log(JSON.stringify({ results, warnings: of('warning').map(({ code }) => code) }));
