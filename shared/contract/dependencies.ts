import { z } from 'zod';
import { listOf, pathText, rawText, shortText } from '../domain/bounds.ts';
import {
  advisory,
  advisoryDataState,
  advisoryFetching,
  advisoryId,
} from '../domain/dependencies/advisory.ts';
import { beforeInstall, installedLock } from '../domain/dependencies/before-install.ts';
import { directDependency } from '../domain/dependencies/direct-dependency.ts';
import { dependencyIgnore, dependencyReport, keptIgnore } from '../domain/dependencies/finding.ts';
import { ownBill } from '../domain/dependencies/own-bill.ts';
import { dependencyPurpose } from '../domain/dependencies/purpose.ts';
import { seenEnvironment } from '../domain/dependencies/seen-environment.ts';
import { verification } from '../domain/dependencies/verification.ts';
import { dependencyWays } from '../domain/dependencies/ways.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';

const ofNode = z.object({ node: nodeId });

/** Packages of a node against published advisories. Nothing is fetched that the operator did not ask for. */
export const dependencies = {
  /** How the advisory data stands. */
  data: read.output(advisoryDataState),
  /** The packages that the last look at the node saw, compared now; null before the first look. Errors: NODE_UNKNOWN. */
  audit: read.input(ofNode).output(dependencyReport.nullable()),
  /** What is known of one advisory; null when the data has none of this id. */
  advisory: read.input(z.object({ id: advisoryId })).output(advisory.nullable()),
  /** Who pulls a package in; null when the environment has no such package. Errors: NODE_UNKNOWN. */
  ways: read
    .input(ofNode.extend({ environment: pathText, package: shortText }))
    .output(dependencyWays.nullable()),
  /** A zip or folder on this computer becomes the data; on any error the former one stays. */
  import: change.input(z.object({ path: pathText })).output(advisoryDataState),
  /** Fetch what was published since; nothing about what is installed is sent. On any error the former data stays. */
  update: change.output(advisoryDataState),
  /** A command took other advisories in: they are put on record, and nodes are judged by them. */
  takenBeside: change.output(advisoryDataState),
  /** From where it is fetched, and whether that is done by itself. */
  fetching: read.output(advisoryFetching),
  /** How far taking or fetching is, in words; empty when neither goes on. */
  progress: read.output(shortText),
  /** Stop taking or fetching. The former data stays. */
  cancel: change.output(z.object({ cancelled: z.boolean() })),
  ignores: read.output(listOf(keptIgnore, 4_096)),
  ignore: change.input(dependencyIgnore).output(keptIgnore),
  withdrawIgnore: change.input(z.object({ id: shortText })).output(listOf(keptIgnore, 4_096)),
  /** What somebody asked for on a node or on all, with what the operator says of it. Errors: NODE_UNKNOWN. */
  direct: read.input(z.object({ node: nodeId.nullable() })).output(listOf(directDependency, 16_384)),
  /** Say what a direct dependency is for; nothing but empty words takes it back. */
  describe: change.input(dependencyPurpose.omit({ writtenAt: true })).output(dependencyPurpose),
  /** A bill of materials (CycloneDX 1.6) or what is known to be vulnerable (SARIF 2.1.0). Errors: NODE_UNKNOWN, NOT_ALLOWED. */
  export: read
    .input(ofNode.extend({ format: z.enum(['cyclonedx', 'sarif']) }))
    .output(z.object({ fileName: shortText, mediaType: shortText, text: rawText })),
  /** What this console itself is made of; null where it was not built. */
  ownBill: read.output(ownBill.nullable()),
  /** Begin to hold installed files against their RECORDs: the node hashes, nothing is changed. Errors: NODE_UNKNOWN, NOT_ALLOWED. */
  verify: change.input(ofNode).output(verification),
  /** How far that is, or what came of it last. */
  verification: read.input(ofNode).output(verification),
  cancelVerification: change.input(ofNode).output(verification),
  /** Compare a file of requirements before it is installed. It is read as text, and nothing is fetched. Errors: NOT_ALLOWED. */
  beforeInstall: read
    .input(z.object({ fileName: shortText, text: z.string().min(1).max(1_048_576) }))
    .output(beforeInstall),
  /** Places from which packages of a node are loaded; empty before the first look. Errors: NODE_UNKNOWN. */
  environments: read.input(ofNode).output(listOf(seenEnvironment, 64)),
  /** Requirements that pin what is installed, as far as that can be known offline. Errors: NODE_UNKNOWN, NOT_ALLOWED. */
  lock: read.input(ofNode.extend({ environment: pathText })).output(installedLock),
};
