import { messageOf } from '../model/errors.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import type { Session } from './session.js';

/**
 * `documents` for a run, which can do without any of them: where a store does not answer, what was asked for counts as not there, and the run says
 * so once. What cannot be listed or written is still an error.
 */
export function forgivingReads(documents: DocumentStore, warn: Session['warn']): DocumentStore {
  return {
    description: documents.description,
    capabilities: documents.capabilities,
    async loadMany(keys, limits) {
      try {
        return await documents.loadMany(keys, limits);
      } catch (error) {
        if (error instanceof TypeError) throw error;
        warn('CACHE_UNREADABLE', problemOf(error), error);
        return keys.map(() => undefined);
      }
    },
    create: (key, bytes, options) => documents.create(key, bytes, options),
    createWhole: (key, bytes, options) => documents.createWhole(key, bytes, options),
    replace: (key, bytes, options) => documents.replace(key, bytes, options),
    copy: (from, to, options) => documents.copy(from, to, options),
    deleteMany: (keys) => documents.deleteMany(keys),
    list: (folder) => documents.list(folder),
    statMany: (keys) => documents.statMany(keys),
    renew: (key) => documents.renew(key),
    listingStamp: (folder) => documents.listingStamp(folder),
    close: () => documents.close(),
  };
}

const problemOf = (error: unknown): string =>
  `Some of the cache cannot be read now (${messageOf(error)}); what was in it is analyzed again.`;
