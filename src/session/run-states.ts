import type { InputDependency, SeenDependency } from '../model/dependency.js';
import type { InputStates } from '../scan/input-states.js';
import type { ImportClosures } from './import-closures.js';

/** The state of everything in a run that can be told without asking an analyzer: places, variables, and what files import. */
export class RunStates {
  readonly places: InputStates;
  readonly closures: ImportClosures;

  constructor(places: InputStates, closures: ImportClosures) {
    this.places = places;
    this.closures = closures;
  }

  /** Loads what these dependencies need to be told; the others are looked at when they are asked for. */
  async prepare(dependencies: Iterable<SeenDependency>): Promise<void> {
    const paths = new Set<string>();
    for (const dependency of dependencies) if (dependency.kind === 'closure') paths.add(dependency.path);
    if (paths.size > 0) await this.closures.prepare(paths);
  }

  /** Whether it would be seen again now. Imports must be prepared. */
  isCurrent(dependency: SeenDependency): boolean {
    if (dependency.kind === 'closure') return this.closures.digestOf(dependency.path) === dependency.hash;
    return this.places.isCurrent(dependency);
  }

  /** The same by the disk as it is at this moment. */
  isStillCurrent(dependency: SeenDependency): boolean {
    if (dependency.kind !== 'closure') return this.places.isStillCurrent(dependency);
    const { closures } = this;
    if (closures.digestOf(dependency.path) !== dependency.hash) return false;
    return closures.isStillCurrent(dependency.path, (one) => this.places.isStillCurrent(one));
  }

  /** As it would be recorded now. */
  current(dependency: SeenDependency): SeenDependency {
    if (dependency.kind !== 'closure') return this.places.current(dependency);
    return { ...dependency, hash: this.closures.digestOf(dependency.path) ?? UNPREPARED };
  }

  /** What imports were resolved by in this run, so that the next one looks at it. */
  looks(): Iterable<InputDependency> {
    return this.closures.looks();
  }
}

/** Equal to no digest: nobody has asked what that file imports. */
export const UNPREPARED = '';
