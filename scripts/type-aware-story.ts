/**
 * What a cache that looks at one file at a time misses: a type is changed in one file of a real codebase, and the finding in another file, which
 * imports it, appears with `documee exec --depends imports` and not with `eslint --cache`. Exit code 0 only if exactly that happens.
 * `npm run story:type-aware -- <folder of TypeScript sources>`, e.g. `packages/scope-manager/src` of typescript-eslint.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const ESLINT = path.join(REPOSITORY, 'node_modules/eslint/bin/eslint.js');
const DOCUMEE = path.join(REPOSITORY, 'dist/lib/bin.js');
const RULE = '@typescript-eslint/no-floating-promises';
/** Edits that are tried until one of them causes a finding in another file. */
const MOST_TRIES = 12;

/** A function without result that is called from another file; with a promise as its result, nobody waits for it there. */
interface Edit {
  readonly file: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

interface Report {
  /** As it was printed. */
  readonly text: string;
  /** `<path>:<line>` of each finding of the rule. */
  readonly findings: ReadonlySet<string>;
  readonly status: number | null;
  /** Where documee says it: how many files were linted. */
  readonly linted: number | undefined;
}

function main([given]: readonly string[]): void {
  if (given === undefined) throw new Error('Usage: npm run story:type-aware -- <folder of TypeScript sources>');
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'documee-type-aware-')));
  try {
    const root = path.join(folder, 'codebase');
    copyCodebase(path.resolve(given), root);
    process.exitCode = tellStory(new Project(root, folder)) ? 0 : 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function copyCodebase(from: string, root: string): void {
  fs.cpSync(from, path.join(root, 'src'), {
    recursive: true,
    filter: (name) => path.basename(name) !== 'node_modules',
  });
  // What the sources import by name, as far as it is installed here.
  fs.symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(root, 'node_modules'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'ES2023',
    ...{ module: 'ESNext', moduleResolution: 'bundler' },
  };
  fs.writeFileSync(path.join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }, null, 2));
  fs.writeFileSync(
    path.join(root, 'package.json'),
    JSON.stringify({ name: 'codebase', private: true, type: 'module' }),
  );
  fs.writeFileSync(
    path.join(root, 'eslint.config.js'),
    `import tseslint from 'typescript-eslint';
export default [{
  files: ['src/**/*.ts'],
  linterOptions: { reportUnusedDisableDirectives: 'off' },
  plugins: { '@typescript-eslint': tseslint.plugin },
  languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: { ${JSON.stringify(RULE)}: 'error' },
}];
`,
  );
}

/** A codebase with the three ways to lint it. */
class Project {
  readonly root: string;
  readonly #place: string;
  readonly files: readonly string[];

  constructor(root: string, place: string) {
    this.root = root;
    this.#place = place;
    this.files = fs
      .readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ts$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => `src/${name.replaceAll(path.sep, '/')}`)
      .sort();
  }

  /** ESLint alone: the truth. */
  lint(): Report {
    return this.#report([ESLINT, '--format', 'json', ...this.files]);
  }

  lintWithCache(): Report {
    const cache = ['--cache', '--cache-strategy', 'content', '--cache-location', path.join(this.#place, 'eslintcache')];
    return this.#report([ESLINT, ...cache, '--format', 'json', ...this.files]);
  }

  lintWithDocumee(): Report {
    const where = ['-C', this.root, '--base-path', path.join(this.#place, 'cache'), '--codebase', 'codebase'];
    const what = ['--id', 'eslint', '--format', 'eslint-json', '--include', 'src/**/*.ts', '--depends', 'imports'];
    const inputs = ['--input', 'eslint.config.js', '--input', 'tsconfig.json'];
    const command = [process.execPath, ESLINT, '--format', 'json', '{files}'];
    return this.#report([DOCUMEE, 'exec', ...where, ...what, ...inputs, '--', ...command]);
  }

  #report(args: readonly string[]): Report {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: this.root,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env: { ...process.env, CI: '' },
    });
    if (status !== 0 && status !== 1)
      throw new Error(`${args.slice(0, 3).join(' ')} … ended with ${status}:\n${stderr}`);
    const entries = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string | null; line: number }[] }[];
    const findings = entries.flatMap(({ filePath, messages }) =>
      messages
        .filter(({ ruleId }) => ruleId === RULE)
        .map(({ line }) => `${path.relative(this.root, filePath)}:${line}`),
    );
    const linted = /([\d,]+) (?:files? )?analyzed/.exec(stderr)?.[1]?.replaceAll(',', '');
    return {
      text: stdout,
      findings: new Set(findings),
      status,
      linted: linted === undefined ? undefined : Number(linted),
    };
  }
}

function tellStory(project: Project): boolean {
  const before = project.lint();
  console.log(`${project.files.length} files, ${before.findings.size} findings of ${RULE} before the edit.`);
  const checks = [
    check('first run: documee prints what ESLint prints', project.lintWithDocumee().text === before.text),
    check('first run: eslint --cache prints the same', sameFindings(project.lintWithCache(), before)),
  ];
  const found = makeEdit(project, before);
  if (found === undefined) {
    console.log('No edit of a type was found that causes a finding in another file.');
    return false;
  }
  const { edit, truth, expected } = found;
  console.log(`The edit: ${edit.name} of ${edit.file} answers a promise. ESLint without a cache now also finds:`);
  for (const place of expected) console.log(`  ${place}`);
  const documee = project.lintWithDocumee();
  const cached = project.lintWithCache();
  console.log(
    `documee lints ${documee.linted ?? '?'} of ${project.files.length} files: the edited one and those that import it.`,
  );
  checks.push(
    check(
      'documee lints some of the files, not all',
      Number(documee.linted) > 0 && Number(documee.linted) < project.files.length,
    ),
    check(
      'documee finds all of them',
      expected.every((place) => documee.findings.has(place)),
    ),
    check(
      'documee prints what ESLint prints, with its exit code',
      documee.text === truth.text && documee.status === truth.status,
    ),
    check(
      'eslint --cache misses all of them',
      expected.every((place) => !cached.findings.has(place)),
    ),
    check('a second run of documee prints the same', project.lintWithDocumee().text === truth.text),
  );
  return checks.every(Boolean);
}

function check(what: string, holds: boolean): boolean {
  console.log(`${holds ? 'yes' : 'NO '}  ${what}`);
  return holds;
}

const sameFindings = (one: Report, other: Report): boolean =>
  one.findings.size === other.findings.size && [...one.findings].every((place) => other.findings.has(place));

/** The first edit that causes findings in other files, made; `expected` are those. */
function makeEdit(project: Project, before: Report): { edit: Edit; truth: Report; expected: string[] } | undefined {
  for (const edit of possibleEdits(project).slice(0, MOST_TRIES)) {
    fs.writeFileSync(path.join(project.root, edit.file), edit.after);
    const truth = project.lint();
    const expected = [...truth.findings].filter(
      (place) => !before.findings.has(place) && !place.startsWith(`${edit.file}:`),
    );
    if (expected.length > 0) return { edit, truth, expected };
    fs.writeFileSync(path.join(project.root, edit.file), edit.before);
  }
  return undefined;
}

/** Exported functions, and static methods of exported classes, that say they answer nothing and are called by a statement of another file. */
function possibleEdits({ root, files }: Project): Edit[] {
  const sources = files.map((file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });
  const callers = sources.map(({ file, tree }) => ({ file, calls: calledByStatements(tree) }));
  return sources.flatMap(({ file, text, tree }) =>
    voidFunctions(tree)
      .filter(({ name }) => callers.some((caller) => caller.file !== file && caller.calls.has(name)))
      .map(({ name, node, type }) => {
        const at = ts.isMethodDeclaration(node)
          ? node.name.getStart()
          : node.getStart() + text.slice(node.getStart()).indexOf('function');
        const after = `${text.slice(0, at)}async ${text.slice(at, type.getStart())}Promise<void>${text.slice(type.getEnd())}`;
        return { file, name, before: text, after };
      }),
  );
}

interface VoidFunction {
  /** As callers write it. */
  readonly name: string;
  readonly node: ts.FunctionDeclaration | ts.MethodDeclaration;
  readonly type: ts.TypeNode;
}

function voidFunctions(tree: ts.SourceFile): VoidFunction[] {
  return tree.statements.flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement) && isExported(statement)) return voidFunction(statement, '');
    if (!ts.isClassDeclaration(statement) || statement.name === undefined) return [];
    const prefix = `${statement.name.text}.`;
    return statement.members.flatMap((member) =>
      ts.isMethodDeclaration(member) && hasModifier(member, ts.SyntaxKind.StaticKeyword)
        ? voidFunction(member, prefix)
        : [],
    );
  });
}

function voidFunction(node: VoidFunction['node'], prefix: string): VoidFunction[] {
  const { name, type, body } = node;
  const isUsable =
    name !== undefined &&
    ts.isIdentifier(name) &&
    type?.kind === ts.SyntaxKind.VoidKeyword &&
    body !== undefined &&
    !hasModifier(node, ts.SyntaxKind.AsyncKeyword);
  return isUsable ? [{ name: prefix + name.text, node, type }] : [];
}

const isExported = (node: ts.FunctionDeclaration): boolean => hasModifier(node, ts.SyntaxKind.ExportKeyword);

const hasModifier = (node: VoidFunction['node'], kind: ts.SyntaxKind): boolean =>
  node.modifiers?.some((modifier) => modifier.kind === kind) === true;

/** What is called by a statement of its own, as it is written. */
function calledByStatements(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression))
      names.add(node.expression.expression.getText());
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

main(process.argv.slice(2));
