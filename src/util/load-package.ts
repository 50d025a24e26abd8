import { CacheError, systemCode } from '../model/errors.js';

/**
 * An optional package, loaded when the first store or codec needs it.
 * @param load `() => import('name')`, so that bundlers and the compiler see the name.
 * @throws CacheError CACHE_PACKAGE_MISSING with the command that installs it.
 */
export async function loadPackage<Module>(name: string, load: () => Promise<Module>, purpose: string): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const code = systemCode(cause);
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const problem = isMissing ? 'is not installed' : 'cannot be loaded on this machine';
    throw new CacheError(
      'CACHE_PACKAGE_MISSING',
      `${purpose} needs the package ${name}, which ${problem}. Install it with: npm install ${name}`,
      {
        package: name,
        cause,
      },
    );
  }
}
