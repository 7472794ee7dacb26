import type { HelperVerb } from '#shared/domain/helper/verbs.ts';
import { loadTable } from './load-table.ts';
import { makeDirectory } from './make-directory.ts';
import { removeFile } from './remove-file.ts';
import { rereadUnits } from './reread-units.ts';
import { setAttributes } from './set-attributes.ts';
import { setUnit } from './set-unit.ts';
import type { AnyVerb } from './verb.ts';
import { writeFile } from './write-file.ts';

/** Every verb that this helper can do. */
const VERBS: Partial<Record<HelperVerb, AnyVerb>> = {
  'write-file': writeFile,
  'remove-file': removeFile,
  'make-directory': makeDirectory,
  'set-attributes': setAttributes,
  'set-unit': setUnit,
  'reread-units': rereadUnits,
  'load-table': loadTable,
};

/** The verb of that name, or null when this helper cannot do it. */
export function verbOf(name: string): AnyVerb | null {
  return Object.hasOwn(VERBS, name) ? (VERBS[name as HelperVerb] ?? null) : null;
}
