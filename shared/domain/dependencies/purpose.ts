import { z } from 'zod';
import { instant, shortText } from '../bounds.ts';

const words = z.string().trim().max(2_048);

/**
 * What a direct dependency is there for, as its operator says it: it stands in the report beside what is known of the package.
 * Compared by name as in PEP 503, for all nodes.
 */
export const dependencyPurpose = z.object({
  package: shortText.min(1),
  /** What it is used for; empty when nobody said. */
  purpose: words.default(''),
  /** The licence as the operator knows it; empty leaves what the metadata says. */
  licence: words.default(''),
  /** What could go wrong with it, and what limits that; empty when nobody said. */
  risk: words.default(''),
  writtenAt: instant.nullable().default(null),
});
export type DependencyPurpose = z.infer<typeof dependencyPurpose>;
