import { expect } from 'chai';
import { watchedPaths } from '../../src/watch/watched-paths.js';

describe('watched paths', () => {
  const paths = watchedPaths(['.documee/analysis', 'build/cache']);

  it('everything matters but what is never a source, and the cache', () => {
    for (const path of ['', 'a.ts', 'src/deep/b.ts', '.gitignore', 'dist/out.js', 'build/x', 'build/cached.txt'])
      expect(paths.matters(path), path).to.equal(true);
    for (const path of [
      '.git',
      '.git/HEAD',
      'a/node_modules/b/c.js',
      '.hg/x',
      'build/cache',
      'build/cache/shop/analysis.json',
    ])
      expect(paths.matters(path), path).to.equal(false);
  });

  it('of what documee keeps for itself the configuration matters', () => {
    expect(paths.hasFolder('.documee')).to.equal(true);
    expect(paths.matters('.documee/config.yaml')).to.equal(true);
    expect(paths.hasFolder('.documee/analysis')).to.equal(false);
    expect(paths.matters('.documee/analysis/shop/analysis.json')).to.equal(false);
  });

  it('folders that cannot hold what matters are not watched', () => {
    expect(['', 'src', 'build'].every((folder) => paths.hasFolder(folder))).to.equal(true);
    expect(['node_modules', 'a/.git', 'build/cache', 'a/.documee'].some((folder) => paths.hasFolder(folder))).to.equal(
      false,
    );
  });
});
