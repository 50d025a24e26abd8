import type { Options } from '../options.js';
import type { OutputStream } from '../command.js';

type Paint = (text: string) => string;

/** Colours by what they mean. */
export interface Style {
  readonly heading: Paint;
  readonly detail: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly problem: Paint;
}

const same: Paint = (text) => text;
const PLAIN: Style = { heading: same, detail: same, good: same, warning: same, problem: same };

/** The flag, NO_COLOR, FORCE_COLOR, and only then what the stream is. */
export function wantsColor(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
  { color }: Pick<Options, 'color'>,
): boolean {
  if (color === false) return false;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

export async function createStyle(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
  options: Pick<Options, 'color'>,
): Promise<Style> {
  if (!wantsColor(stream, env, options)) return PLAIN;
  const { default: picocolors } = await import('picocolors');
  const { bold, dim, green, yellow, red } = picocolors.createColors(true);
  return { heading: bold, detail: dim, good: green, warning: yellow, problem: red };
}
