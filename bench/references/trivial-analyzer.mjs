// The cheapest analyzer that still looks at its file, so that what is measured is the cache.
export default {
  id: 'trivial',
  version: '1',
  analyze: (file) => ({ bytes: file.bytes.length, first: file.bytes[0] ?? null }),
};
