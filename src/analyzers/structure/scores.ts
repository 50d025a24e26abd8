import { mean, rounded } from './numbers.js';
import {
  allFunctions,
  type ClassSymbol,
  type ComplexitySummary,
  type FunctionSymbol,
  type Issue,
  type Symbols,
} from './result.js';

/** Above this McCabe complexity a function is hard to test. Source: McCabe, "A Complexity Measure", 1976. */
const HIGH_COMPLEXITY = 10;
const VERY_HIGH_COMPLEXITY = 20;
const TRIVIAL_COMPLEXITY = 2;
const MAX_PARAMETERS = 6;
const MAX_NESTING = 4;
const MAX_FUNCTION_LINES = 100;
/** Below this share of documented symbols a file gets an issue. */
const LOW_COVERAGE = 0.5;

/** Over functions and methods; all zero where there are none. */
export function complexityOf(symbols: Symbols): ComplexitySummary {
  const functions = allFunctions(symbols);
  const values = functions.map(({ complexity }) => complexity);
  return {
    average: rounded(mean(values), 4),
    max: values.reduce((most, value) => Math.max(most, value), 0),
    min: values.length === 0 ? 0 : values.reduce((least, value) => Math.min(least, value)),
    averageNestingDepth: rounded(mean(functions.map(({ nestingDepth }) => nestingDepth)), 4),
    highComplexityFunctions: namesOf(functions, ({ complexity }) => complexity > HIGH_COMPLEXITY),
    trivialFunctions: namesOf(functions, ({ complexity }) => complexity < TRIVIAL_COMPLEXITY),
  };
}

function namesOf(functions: readonly FunctionSymbol[], wanted: (symbol: FunctionSymbol) => boolean): string[] {
  return functions.filter(wanted).map(({ name }) => name);
}

/** Documented / all over functions, methods and classes; 1 where there are none. */
export function documentationCoverageOf(symbols: Symbols): number {
  const all = documentable(symbols);
  if (all.length === 0) return 1;
  return rounded(all.filter(isDocumented).length / all.length, 4);
}

function documentable(symbols: Symbols): (FunctionSymbol | ClassSymbol)[] {
  return [...allFunctions(symbols), ...symbols.classes];
}

function isDocumented({ docstring }: FunctionSymbol | ClassSymbol): boolean {
  return docstring !== null && docstring !== '';
}

/** What a reviewer would remark, sorted by line. */
export function issuesOf(symbols: Symbols): Issue[] {
  const issues = allFunctions(symbols).flatMap(functionIssues);
  const all = documentable(symbols);
  const bare = all.filter((symbol) => !isDocumented(symbol));
  if (all.length > 0 && (all.length - bare.length) / all.length < LOW_COVERAGE)
    issues.push({
      type: 'missing-documentation',
      severity: 'info',
      message: `${bare.length} of ${all.length} functions, methods and classes have no documentation`,
      line: bare.reduce((first, { startLine }) => Math.min(first, startLine), Number.MAX_SAFE_INTEGER),
    });
  return issues.sort((a, b) => a.line - b.line);
}

function functionIssues(symbol: FunctionSymbol): Issue[] {
  const { name, complexity, nestingDepth, startLine, endLine } = symbol;
  const issues: Issue[] = [];
  const add = (type: Issue['type'], severity: Issue['severity'], message: string): void => {
    issues.push({ type, severity, message: `${name} ${message}`, line: startLine });
  };
  if (complexity > HIGH_COMPLEXITY)
    add(
      'high-complexity',
      complexity > VERY_HIGH_COMPLEXITY ? 'error' : 'warning',
      `has a complexity of ${complexity}, more than ${HIGH_COMPLEXITY}`,
    );
  if (nestingDepth > MAX_NESTING)
    add('deep-nesting', 'warning', `nests ${nestingDepth} levels deep, more than ${MAX_NESTING}`);
  const parameters = symbol.parameters.filter((parameter) => !/^(?:self|cls|this)$/.test(parameter)).length;
  if (parameters > MAX_PARAMETERS)
    add('too-many-parameters', 'warning', `has ${parameters} parameters, more than ${MAX_PARAMETERS}`);
  const lines = endLine - startLine + 1;
  if (lines > MAX_FUNCTION_LINES)
    add('long-function', 'info', `is ${lines} lines long, more than ${MAX_FUNCTION_LINES}`);
  return issues;
}
