import type { SubjectName } from '#shared/domain/facts/facts.ts';
import type { Collector } from './collector.ts';
import type { HintCollector } from './profile/hints.ts';
import { installationsCollector } from './profile/installations.ts';
import { accountsCollector } from './subjects/accounts.ts';
import { auditCollector } from './subjects/audit.ts';
import { containersCollector } from './subjects/containers.ts';
import { credentialsCollector } from './subjects/credentials.ts';
import { filesCollector } from './subjects/files.ts';
import { firewallCollector } from './subjects/firewall.ts';
import { identityCollector } from './subjects/identity.ts';
import { interfacesCollector } from './subjects/interfaces.ts';
import { mountsCollector } from './subjects/mounts.ts';
import { mycoswarmCollector } from './subjects/mycoswarm.ts';
import { ollamaCollector } from './subjects/ollama.ts';
import { processesCollector } from './subjects/processes.ts';
import { pythonCollector } from './subjects/python.ts';
import { sandboxCollector } from './subjects/sandbox.ts';
import { socketsCollector } from './subjects/sockets.ts';
import { sshServerCollector } from './subjects/ssh-server.ts';
import { timeCollector } from './subjects/time.ts';
import { unitsCollector } from './subjects/units.ts';
import { updatesCollector } from './subjects/updates.ts';

/** A collector of any subject. */
export type AnyCollector = { [S in SubjectName]: Collector<S> }[SubjectName];

/** Everything that is collected of a node; at most one for each subject. */
export const COLLECTORS: readonly AnyCollector[] = [
  identityCollector,
  accountsCollector,
  containersCollector,
  firewallCollector,
  interfacesCollector,
  mountsCollector,
  processesCollector,
  socketsCollector,
  auditCollector,
  credentialsCollector,
  filesCollector,
  mycoswarmCollector,
  ollamaCollector,
  pythonCollector,
  sandboxCollector,
  sshServerCollector,
  timeCollector,
  unitsCollector,
  updatesCollector,
];

/** What profile detection needs besides the subjects of round trip 1. */
export const HINTS: HintCollector = installationsCollector;
