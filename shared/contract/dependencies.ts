import { z } from 'zod';
import { listOf, pathText, shortText } from '../domain/bounds.ts';
import { advisory, advisoryDataState, advisoryId } from '../domain/dependencies/advisory.ts';
import { dependencyIgnore, dependencyReport, keptIgnore } from '../domain/dependencies/finding.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';

/** Packages of a node against published advisories. Nothing is fetched that the operator did not ask for. */
export const dependencies = {
  /** How the advisory data stands. */
  data: read.output(advisoryDataState),
  /** The packages that the last look at the node saw, compared now; null before the first look. Errors: NODE_UNKNOWN. */
  audit: read.input(z.object({ node: nodeId })).output(dependencyReport.nullable()),
  /** What is known of one advisory; null when the data has none of this id. */
  advisory: read.input(z.object({ id: advisoryId })).output(advisory.nullable()),
  /** A zip or folder on this computer becomes the data; on any error the former one stays. */
  import: change.input(z.object({ path: pathText })).output(advisoryDataState),
  /** Fetch what was published since; nothing about what is installed is sent. On any error the former data stays. */
  update: change.output(advisoryDataState),
  /** How far taking or fetching is, in words; empty when neither goes on. */
  progress: read.output(shortText),
  /** Stop taking or fetching. The former data stays. */
  cancel: change.output(z.object({ cancelled: z.boolean() })),
  ignores: read.output(listOf(keptIgnore, 4_096)),
  ignore: change.input(dependencyIgnore).output(keptIgnore),
  withdrawIgnore: change.input(z.object({ id: shortText })).output(listOf(keptIgnore, 4_096)),
};
