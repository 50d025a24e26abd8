/** Tests for people who write a driver, with any test runner like mocha; assertions are those of Node. */
export { describeStoreConformance } from './describe-store.js';
export type { ExpectedCapabilities, StoreConformance, TestFunctions } from './context.js';
