/** A toy analyzer as a module that worker threads load: `analyzerModule(TOY_MODULE, { id, setup })`. */
import { toyAnalyzer, type ToyId, type ToySetup } from './dependency-analyzers.js';

export const TOY_MODULE = import.meta.filename;

export default ({ id, setup }: { readonly id: ToyId; readonly setup: ToySetup }): ReturnType<typeof toyAnalyzer> =>
  toyAnalyzer(id, setup);
