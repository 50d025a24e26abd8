import { isBuiltin } from 'node:module';
import { looseJson } from './loose-json.js';
import {
  contains,
  EXTERNAL,
  folderOf,
  foldersUp,
  foundOr,
  isOutside,
  joined,
  once,
  UNRESOLVED,
  type Probe,
  type Resolution,
} from './probe.js';
import type { Specifier } from './result.js';
import { findFolder, findScript, type FileSearch } from './script-files.js';
import { filesOfPackage, scopeOf, sourcesOf, targetsOf, type PackageScope } from './script-packages.js';
import { configsOf, matchStar, type ConfigLayer } from './tsconfig.js';
import { findWorkspace } from './workspaces.js';

/** The files that `specifier` in the script `importer` means. Where tools disagree, all that one of them would take. */
export function resolveScript(importer: string, specifier: Specifier, probe: Probe): Resolution {
  return new ScriptResolver(importer, probe).resolve(specifier);
}

const RELATIVE = /^\.{1,2}(?:\/|$)/;
const URL_SCHEME = /^[a-z][a-z\d+.-]*:/i;
const PACKAGE_NAME = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/;

/** Resolves what one file imports. */
export class ScriptResolver {
  readonly #folder: string;
  readonly #probe: Probe;
  readonly #configs: readonly ConfigLayer[];
  readonly #search: FileSearch;

  /** Looks at the configurations in force even where there is nothing to resolve, since they shape what the file means. */
  constructor(importer: string, probe: Probe) {
    this.#folder = folderOf(importer);
    this.#probe = probe;
    this.#configs = configsOf(this.#folder, probe);
    const suffixes = this.#configs.flatMap((config) => config.suffixes);
    this.#search = {
      probe,
      fromJavaScript: /\.(?:[mc]?js|jsx)$/i.test(importer),
      suffixes: suffixes.length === 0 ? [''] : [...new Set([...suffixes, ''])],
    };
  }

  /** Packages whose types every file sees without an import. */
  get implicitTypes(): readonly Specifier[] {
    const names = new Set(this.#configs.flatMap(({ types }) => types));
    return [...names].map((module) => ({ kind: 'types', module }));
  }

  resolve({ module, kind }: Specifier): Resolution {
    if (kind === 'path') return foundOr(findScript(joined(this.#folder, module), this.#search), UNRESOLVED);
    // What bundlers write around a name: `raw-loader!./a.txt`, `./a.svg?url`.
    const name = module.slice(module.lastIndexOf('!') + 1).replace(/(?<=.)[?].*$/, '');
    if (RELATIVE.test(name)) return foundOr(this.#relative(name), UNRESOLVED);
    const mapped = this.#mapped(name);
    if (name.startsWith('#')) return foundOr([...mapped, ...this.#subpathImport(name)], UNRESOLVED);
    if (mapped.length > 0) return foundOr(mapped, UNRESOLVED);
    if (isBuiltin(name)) return this.#builtin(name);
    if (URL_SCHEME.test(name) || name.startsWith('/')) return EXTERNAL;
    return this.#package(name, kind === 'types');
  }

  #relative(name: string): string[] {
    const target = joined(this.#folder, name);
    const isFolder = /(?:^|\/)\.{0,2}$/.test(name);
    const find = (path: string): string[] => (isFolder ? findFolder : findScript)(path, this.#search);
    const files = find(target);
    for (const { rootDirs } of this.#configs) {
      const home = rootDirs.filter((root) => contains(root, target)).sort((a, b) => b.length - a.length)[0];
      if (home === undefined || files.length > 0) continue;
      const rest = home === '' ? target : target.slice(home.length + 1);
      for (const root of rootDirs) if (root !== home && files.length === 0) files.push(...find(joined(root, rest)));
    }
    return files;
  }

  /** By `paths` and `baseUrl`: the pattern with the longest prefix decides, its first target that exists is taken. */
  #mapped(name: string): string[] {
    return this.#configs.flatMap(({ paths, baseUrl }) => {
      for (const { pattern, targets } of paths) {
        const star = matchStar(pattern, name);
        if (star === undefined) continue;
        for (const target of targets) {
          const files = findScript(
            target.replace('*', () => star),
            this.#search,
          );
          if (files.length > 0) return files;
        }
        break;
      }
      return baseUrl === undefined ? [] : findScript(joined(baseUrl, name), this.#search);
    });
  }

  /** `imports` of the package that the file belongs to. */
  #subpathImport(name: string): string[] {
    const scope = scopeOf(this.#folder, this.#probe);
    if (scope === undefined) return [];
    const targets = targetsOf(scope.manifest['imports'], name);
    const inside = targets.filter((target) => RELATIVE.test(target));
    const packages = targets.filter((target) => !RELATIVE.test(target) && !target.startsWith('#'));
    return [
      ...sourcesOf(scope.folder, inside, this.#search),
      ...packages.flatMap((target) => this.#package(target).files),
    ];
  }

  #package(name: string, onlyInstalled = false): Resolution {
    const [, packageName, subpath = ''] = PACKAGE_NAME.exec(name) ?? [];
    if (packageName === undefined) return EXTERNAL;
    const own = scopeOf(this.#folder, this.#probe);
    if (own?.manifest['name'] === packageName) {
      const files = filesOfPackage(own, subpath, this.#search);
      if (files.length > 0) return foundOr(files, EXTERNAL);
    }
    const place = this.#installed(packageName);
    if (place === 'external') return EXTERNAL;
    const scope = place ?? (onlyInstalled ? undefined : this.#workspace(packageName));
    return scope === undefined ? EXTERNAL : foundOr(filesOfPackage(scope, subpath, this.#search), EXTERNAL);
  }

  /** The package in `node_modules`, or undefined where it is not there; by its own folder where it is a link into the codebase. */
  #installed(name: string): PackageScope | 'external' | undefined {
    return once(this.#probe, `package ${name} from ${this.#folder}`, (probe) => this.#findInstalled(name, probe));
  }

  #findInstalled(name: string, probe: Probe): PackageScope | 'external' | undefined {
    const types = `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
    for (const above of foldersUp(this.#folder, probe)) {
      const modules = joined(above, 'node_modules');
      // One folder that is absent stands for all packages in it.
      if (!probe.exists(modules)) continue;
      const bytes = probe.read(`${modules}/${name}/package.json`);
      const manifest = bytes === undefined ? undefined : looseJson(bytes);
      const isTyped = manifest !== undefined && ['types', 'typings', 'exports'].some((field) => field in manifest);
      const hasTypes = !isTyped && probe.read(`${modules}/${types}/package.json`) !== undefined;
      if (manifest !== undefined) return linked(`${modules}/${name}`, manifest, probe) ?? 'external';
      if (hasTypes) return 'external';
    }
    return undefined;
  }

  #workspace(name: string): PackageScope | undefined {
    return once(this.#probe, `workspace ${name}`, (probe) => findWorkspace(name, probe));
  }

  /** A package may stand in front of a module of Node, whose types are a package like others. */
  #builtin(name: string): Resolution {
    const found = name.startsWith('node:') ? EXTERNAL : this.#package(name, true);
    this.#installed('@types/node');
    return found;
  }
}

/** The package that the link `folder` leads to, where that is in the codebase. */
function linked(folder: string, manifest: PackageScope['manifest'], probe: Probe): PackageScope | undefined {
  if (probe.realpath === undefined) {
    const name = manifest['name'];
    return typeof name === 'string' ? findWorkspace(name, probe) : undefined;
  }
  const real = probe.realpath(folder);
  if (real === undefined || isOutside(real) || /(?:^|\/)node_modules(?:\/|$)/.test(real)) return undefined;
  probe.read(joined(real, 'package.json'));
  return { folder: real, manifest };
}
