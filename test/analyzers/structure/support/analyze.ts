import { analyzeSource } from '../../../../src/analyzers/structure/analyze-source.js';
import {
  allFunctions,
  type FunctionSymbol,
  type Pattern,
  type StructureResult,
} from '../../../../src/analyzers/structure/result.js';

/** The answer for some lines of code as a file with this ending. */
export async function analyze(ending: string, ...lines: readonly string[]): Promise<StructureResult> {
  return analyzeSource(`example.${ending}`, lines.join('\n'));
}

/** The function or method `name`, which must be there. */
export function functionNamed(result: StructureResult, name: string): FunctionSymbol {
  const found = allFunctions(result.symbols).find((each) => each.name === name);
  if (found === undefined) throw new Error(`Expected a function ${name}`);
  return found;
}

export function patternOf(result: StructureResult, type: string): Pattern | undefined {
  return result.patterns.find((pattern) => pattern.type === type);
}

/** Names with their first and last line: `load 3-5`. */
export function placesOf(symbols: readonly { name: string; startLine: number; endLine: number }[]): string[] {
  return symbols.map(({ name, startLine, endLine }) => `${name} ${startLine}-${endLine}`);
}
