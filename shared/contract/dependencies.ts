import { z } from 'zod';
import { instant, listOf, pathText, shortText } from '../domain/bounds.ts';
import { advisory, advisoryDataState, advisoryId } from '../domain/dependencies/advisory.ts';
import { dependencyIgnore, dependencyReport } from '../domain/dependencies/finding.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';

/** A decision about a finding of packages, as it is kept. */
export const keptIgnore = z.object({ id: shortText, createdAt: instant, ignore: dependencyIgnore });
export type KeptIgnore = z.infer<typeof keptIgnore>;

/** Packages of a node against published advisories. Nothing is fetched that the operator did not ask for. */
export const dependencies = {
  /** How the advisory data stands. */
  data: read.output(advisoryDataState),
  /** The packages that the last look at the node saw, compared now. Errors: NODE_UNKNOWN. */
  audit: read.input(z.object({ node: nodeId })).output(dependencyReport),
  /** What is known of one advisory; null when the data has none of this id. */
  advisory: read.input(z.object({ id: advisoryId })).output(advisory.nullable()),
  /** A zip or folder on this computer becomes the data; on any error the former one stays. */
  import: change.input(z.object({ path: pathText })).output(advisoryDataState),
  ignores: read.output(listOf(keptIgnore, 4_096)),
  ignore: change.input(dependencyIgnore).output(keptIgnore),
  withdrawIgnore: change.input(z.object({ id: shortText })).output(listOf(keptIgnore, 4_096)),
};
