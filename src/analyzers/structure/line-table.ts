/** Where the lines of a text begin. */
export class LineTable {
  readonly #starts: number[] = [0];

  /** `terminator` must be global and match one end of line at a time. */
  constructor(text: string, terminator: RegExp) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
    if (terminator.test(text)) this.#addOther(text, terminator);
    terminator.lastIndex = 0;
  }

  /** Terminators other than a line feed are rare, so they are looked for once and merged only where they occur. */
  #addOther(text: string, terminator: RegExp): void {
    terminator.lastIndex = 0;
    for (const match of text.matchAll(terminator)) this.#starts.push(match.index + match[0].length);
    this.#starts.sort((a, b) => a - b);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** 1-based line of the UTF-16 index `at`. */
  lineOf(at: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
