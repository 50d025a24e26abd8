import type { Options } from './options.js';
import type { OutputStream, Surroundings } from './command.js';
import { escapeJson } from './print/escape.js';
import { createStyle, type Style } from './print/style.js';

/** Prints results to stdout and everything else to stderr. Whoever calls it has escaped what came from outside. */
export class Console {
  readonly style: Style;
  readonly stderrStyle: Style;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly asJson: boolean;
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  /** Removes a progress bar that is in the way. */
  clearBar: () => void = () => undefined;

  private constructor({ stdout, stderr }: Surroundings, options: Options, style: Style, stderrStyle: Style) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.quiet = options.quiet ?? false;
    this.verbose = options.verbose ?? false;
    this.asJson = options.json ?? false;
    this.style = style;
    this.stderrStyle = stderrStyle;
  }

  static async open(surroundings: Surroundings, options: Options): Promise<Console> {
    const { stdout, stderr, env } = surroundings;
    const style = await createStyle(stdout, env, options);
    return new Console(surroundings, options, style, await createStyle(stderr, env, options));
  }

  /** One line of the result. */
  print(line: string): void {
    this.clearBar();
    this.#stdout.write(`${line}\n`);
  }

  /** Part of a long result; waits until the reader has taken it. */
  async printAll(text: string): Promise<void> {
    const shown = this.#stdout.isTTY === true ? escapeJson(text) : text;
    if (this.#stdout.write(shown)) return;
    await new Promise<void>((resolve) => {
      this.#stdout.once('drain', resolve);
    });
  }

  /** The result as one JSON document. */
  async printJson(document: object): Promise<void> {
    this.clearBar();
    await this.printAll(jsonText(document));
  }

  /** What is not the result and may be left unsaid. */
  note(line: string): void {
    if (!this.quiet) this.error(line);
  }

  warn(line: string): void {
    this.note(`${this.stderrStyle.warning('warning:')} ${line}`);
  }

  error(line: string): void {
    this.clearBar();
    this.#stderr.write(`${line}\n`);
  }
}

/** A document as it is printed and as it is written to a file. */
export const jsonText = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
