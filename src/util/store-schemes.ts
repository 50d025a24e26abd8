/** Type of store by scheme of its address: for those who open stores, and for the configuration, which only tells addresses from names. */
export const STORE_TYPE_BY_SCHEME = {
  memory: 'memory',
  file: 'file',
  sqlite: 'sqlite',
  redis: 'redis',
  rediss: 'redis',
  'redis+cluster': 'redis',
  'rediss+cluster': 'redis',
  'redis+sentinel': 'redis',
  'rediss+sentinel': 'redis',
  valkey: 'redis',
  valkeys: 'redis',
  'valkey+cluster': 'redis',
  'valkeys+cluster': 'redis',
  'valkey+sentinel': 'redis',
  'valkeys+sentinel': 'redis',
  postgres: 'postgres',
  postgresql: 'postgres',
  s3: 's3',
  azure: 'azure',
  gs: 'google',
} as const;

export type StoreScheme = keyof typeof STORE_TYPE_BY_SCHEME;

/** All in lower case, as schemes are compared. */
export const STORE_SCHEMES = Object.keys(STORE_TYPE_BY_SCHEME) as StoreScheme[];

export function isStoreScheme(scheme: string | undefined): scheme is StoreScheme {
  return scheme !== undefined && Object.hasOwn(STORE_TYPE_BY_SCHEME, scheme);
}
