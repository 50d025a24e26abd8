import type { LanguageRules, NodeRule } from '../rules.js';
import type { SourceWalk } from '../walk.js';
import { javascript } from './javascript.js';

/** Types hold no code, so they are not walked. Signatures without a body have no rule and are not listed. */
const TYPE: NodeRule = { skip: true };

/** TypeScript and TSX: JavaScript with types, and with other names for a few nodes. */
export const typescript: LanguageRules = {
  ...javascript,
  isKnownGap: isExportTypeStar,
  nodes: {
    ...javascript.nodes,
    abstract_class_declaration: { isClass: true },
    public_field_definition: { leave: (walk) => void walk.takeDecorators() },
    type_annotation: TYPE,
    type_arguments: TYPE,
    type_parameters: TYPE,
    implements_clause: TYPE,
    interface_declaration: TYPE,
    type_alias_declaration: TYPE,
  },
};

/** `export type * from './x'` (TypeScript 5.0): the grammar takes `type` for an error and understands the rest. */
function isExportTypeStar(walk: SourceWalk): boolean {
  const { cursor, text } = walk;
  return text.slice(cursor.startIndex, cursor.endIndex) === 'type' && walk.ancestorType(1) === 'export_statement';
}
