import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase, planCodebase, verifyDeep, type AnalyzeOptions } from '../../src/index.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';
import { anchorsOf, linksOf, pages, printedFiles, REPOSITORY } from './example-files.js';
import { openReviewService, type ReviewService } from './review-service.js';

interface Answers {
  /** Tasks that ran, sorted. */
  readonly ran: readonly string[];
  /** Of one analyzer, by path. */
  readonly of: (analyzer: string) => Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A codebase with the tools that a page prints. */
class Example {
  readonly root: string;
  readonly environment: Record<string, string> = {};
  readonly #options: AnalyzeOptions;

  constructor(page: string, analyzers: readonly string[], sources: Tree) {
    const tools = Object.entries(printedFiles(page)).filter(([file]) => file.startsWith('tools/'));
    const { root, basePath } = temporaryCodebase({ ...Object.fromEntries(tools), ...sources });
    this.root = root;
    this.#options = { root, basePath, analyzers, environment: this.environment, changeDetection: 'content' };
  }

  async run(): Promise<Answers> {
    const ran: string[] = [];
    const run = await analyzeCodebase({
      ...this.#options,
      onEvent: (event) => {
        if (event.type === 'task-finished') ran.push(`${event.analyzer} ${event.path}`);
      },
    });
    expect(run.failures).to.deep.equal([]);
    const answers = new Map<string, Record<string, unknown>>();
    for await (const { analyzer, path: file, result } of run.results())
      answers.set(analyzer, { ...answers.get(analyzer), [file]: result });
    const values = run.values();
    await run.close();
    return { ran: ran.sort(), of: (analyzer) => answers.get(analyzer) ?? {}, values };
  }

  plan(): ReturnType<typeof planCodebase> {
    return planCodebase(this.#options);
  }

  verify(): ReturnType<typeof verifyDeep> {
    return verifyDeep({ ...this.#options, sample: 'all' });
  }

  write(files: Tree): void {
    writeTree(this.root, files);
  }
}

describe('docs: the analyzer that finds import cycles', () => {
  const sources = {
    'src/cart.ts': "import { price } from './price.js';\nexport const total = (count: number) => count * price();\n",
    'src/price.ts': "import { tax } from './tax.js';\nexport const price = () => 10 + tax();\n",
    'src/tax.ts': 'export const tax = () => 2;\n',
    'src/hello.ts': "export const hello = 'hello';\n",
  };
  const closed = "import { total } from './cart.js';\nexport const tax = () => total(0) + 2;\n";
  let shop: Example;

  beforeEach(() => {
    shop = new Example('docs/examples/no-cycle.md', ['imports', './tools/cycles.mjs'], sources);
  });

  it('an edit that closes a cycle runs again for all that lie on it, and for nobody else', async () => {
    expect((await shop.run()).ran).to.have.length(9);
    shop.write({ 'src/tax.ts': closed });
    const { ran, of, values } = await shop.run();
    expect(ran).to.deep.equal(['cycles src/cart.ts', 'cycles src/price.ts', 'cycles src/tax.ts', 'imports src/tax.ts']);
    expect(of('cycles')['src/cart.ts']).to.deep.equal({ cycle: ['src/cart.ts', 'src/price.ts', 'src/tax.ts'] });
    expect(of('cycles')['src/hello.ts']).to.deep.equal({ cycle: null });
    expect(values['importCycles']).to.have.length(1);
    shop.write({ 'src/tax.ts': sources['src/tax.ts'] });
    expect(await shop.run()).to.deep.include({ ran: [] });
  });

  it('an edit of a function runs for its own file only', async () => {
    shop.write({ 'src/tax.ts': closed });
    await shop.run();
    shop.write({ 'src/tax.ts': closed.replace('2', '3') });
    expect((await shop.run()).ran).to.deep.equal(['cycles src/tax.ts', 'imports src/tax.ts']);
  });

  it('a new file that shadows the imported one opens the cycle', async () => {
    fs.rmSync(path.join(shop.root, 'src/tax.ts'));
    shop.write({ 'src/tax/index.ts': closed.replace('./cart', '../cart') });
    expect((await shop.run()).values['importCycles']).to.have.length(1);
    shop.write({ 'src/tax.ts': sources['src/tax.ts'] });
    const { ran, values } = await shop.run();
    expect(ran).to.include.members(['cycles src/cart.ts', 'cycles src/price.ts']);
    expect(values['importCycles']).to.deep.equal([]);
    expect((await shop.verify()).different).to.deep.equal([]);
  });
});

describe('docs: the reviewer that costs money', () => {
  let service: ReviewService;
  let shop: Example;

  before(async () => {
    service = await openReviewService();
    Object.assign(process.env, { REVIEW_URL: service.url, REVIEW_KEY: 'key' });
  });
  after(async () => {
    delete process.env['REVIEW_URL'];
    delete process.env['REVIEW_KEY'];
    await service.close();
  });
  beforeEach(() => {
    service.asked.length = 0;
    shop = new Example('docs/examples/llm-reviewer.md', ['./tools/reviewer.mjs'], {
      'src/one.ts': 'export const one = 1;\n',
      'src/two.ts': 'export const two = 2;\n',
      'tools/review-prompt.md': 'Review this.\n',
    });
  });

  it('is asked once for each file, prompt and model', async () => {
    await shop.run();
    await shop.run();
    expect(service.asked).to.deep.equal(['small-1', 'small-1']);
    shop.environment['REVIEW_MODEL'] = 'large-2';
    await shop.run();
    expect(service.asked.slice(2)).to.deep.equal(['large-2', 'large-2']);
    delete shop.environment['REVIEW_MODEL'];
    expect((await shop.run()).ran).to.deep.equal([]);
    shop.write({ 'tools/review-prompt.md': 'Be kind.\n' });
    expect((await shop.run()).ran).to.deep.equal(['reviewer src/one.ts', 'reviewer src/two.ts']);
  });

  it('a plan says what a run would cost, from what it cost before', async () => {
    await shop.run();
    shop.write({ 'tools/review-prompt.md': 'Be kind.\n' });
    const { totals, estimate } = await shop.plan();
    const tokens = 2 * ('Review this.\n'.length + 'export const one = 1;\n'.length);
    expect(totals.run).to.equal(2);
    expect(estimate.cost).to.deep.equal({ tokens, usd: (tokens * 5) / 1e6 });
    expect(service.asked).to.have.length(2);
  });

  it('a refusal is asked again in the next run', async () => {
    shop.write({ 'src/two.ts': "export const two = 'SECRET';\n" });
    expect((await shop.run()).of('reviewer')['src/two.ts']).to.deep.equal({ model: 'small-1', remarks: [] });
    await shop.run();
    expect(service.asked).to.have.length(3);
  });
});

describe('docs: the analyzers of writing-an-analyzer', () => {
  const PAGE = 'docs/writing-an-analyzer.md';
  const sources = {
    'src/price.ts': "import { tax } from './tax.js';\nexport const price = () => 10 + tax();\n",
    'src/tax.ts': 'export const tax = () => 2;\n',
  };

  it('an edit that leaves the exports as they are is nothing to those who import them', async () => {
    const shop = new Example(PAGE, ['./tools/exports.mjs', './tools/missing-exports.mjs'], sources);
    expect((await shop.run()).ran).to.have.length(4);
    shop.write({ 'src/tax.ts': '// More lines.\nexport const tax = () => 3;\n' });
    expect((await shop.run()).ran).to.deep.equal(['exports src/tax.ts', 'missing-exports src/tax.ts']);
    shop.write({ 'src/tax.ts': 'export const vat = () => 3;\n' });
    const { ran, of } = await shop.run();
    expect(ran).to.include('missing-exports src/price.ts');
    expect(of('missing-exports')['src/price.ts']).to.deep.equal({ findings: [{ name: 'tax', from: './tax.js' }] });
  });

  it('the batch analyzer is given the files that need it', async function () {
    // It starts the program wc.
    if (process.platform === 'win32') this.skip();
    const shop = new Example(PAGE, ['./tools/line-counts.mjs'], sources);
    expect((await shop.run()).of('line-counts')).to.deep.equal({
      'src/price.ts': { lines: 2 },
      'src/tax.ts': { lines: 1 },
    });
    shop.write({ 'src/tax.ts': 'export const tax = () =>\n  2;\n' });
    const { ran, of } = await shop.run();
    expect(ran).to.deep.equal(['line-counts src/tax.ts']);
    expect(of('line-counts')['src/tax.ts']).to.deep.equal({ lines: 2 });
  });

  it('verify --deep finds the one that reads behind the back of ctx', async () => {
    const shop = new Example(PAGE, ['./tools/dishonest.mjs'], { ...sources, 'rules.ini': 'old\n' });
    const before = process.cwd();
    process.chdir(shop.root);
    try {
      await shop.run();
      shop.write({ 'rules.ini': 'new\n' });
      expect((await shop.run()).ran).to.deep.equal([]);
      const { different } = await shop.verify();
      expect(different.map(({ kind, pointer }) => `${kind} ${pointer}`)).to.deep.equal([
        'undeclared-input /result/rules',
        'undeclared-input /result/rules',
      ]);
    } finally {
      process.chdir(before);
    }
  });
});

describe('docs: pages', () => {
  it('every link between them leads somewhere', () => {
    const broken = pages().flatMap((page) =>
      linksOf(page)
        .filter(({ file, anchor }) => {
          if (!fs.existsSync(path.join(REPOSITORY, file))) return true;
          return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
        })
        .map(({ link }) => `${page}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it('every example is in the index', () => {
    const index = new Set(linksOf('docs/examples/README.md').map(({ file }) => file));
    const examples = pages().filter((page) => page.startsWith('docs/examples/') && !page.endsWith('README.md'));
    expect(examples.filter((page) => !index.has(page))).to.deep.equal([]);
  });
});
