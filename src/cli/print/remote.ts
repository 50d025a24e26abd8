import type { RemoteTotals } from '../../index.js';
import { escape } from './escape.js';
import { count } from './units.js';

/** E.g. `Shared cache redis://…: 812 found, 3 sent`. */
export function remoteSentence({ store, mode, found, refused, sent, pending }: RemoteTotals): string {
  const parts = [
    ...(mode === 'write' ? [] : [`${count(found)} found`]),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
    ...(mode === 'read' ? ['nothing is sent (mode read)'] : [`${count(sent)} sent`]),
    ...(pending > 0 ? [`${count(pending)} kept to be sent later`] : []),
  ];
  return `Shared cache ${escape(store)}: ${parts.join(', ')}`;
}
