import { z } from 'zod';
import { instant, shortText } from '../bounds.ts';
import { profile } from '../profile.ts';
import { accountFacts, processFacts } from './accounts.ts';
import { fileFacts, unitFacts } from './files.ts';
import { knockFacts } from './knocks.ts';
import { identityFacts, mountFacts, sshServerFacts, timeFacts, updateFacts } from './machine.ts';
import { containerFacts, firewallFacts, interfaceFacts, socketFacts } from './network.ts';
import { observation } from './observation.ts';
import {
  auditFacts,
  credentialFacts,
  mycoswarmFacts,
  ollamaFacts,
  pythonFacts,
  sandboxFacts,
} from './software.ts';

/** Version of this shape; a file with another number is refused with a clear word. */
export const FACTS_FORMAT = 1;

/** How the facts were collected: as root, with `sudo -n`, or as an ordinary user. */
export const privilege = z.enum(['root', 'sudo', 'user']);
export type Privilege = z.infer<typeof privilege>;

export const subjects = z.object({
  identity: observation(identityFacts),
  accounts: observation(accountFacts),
  processes: observation(processFacts),
  sockets: observation(socketFacts),
  interfaces: observation(interfaceFacts),
  firewall: observation(firewallFacts),
  containers: observation(containerFacts),
  units: observation(unitFacts),
  files: observation(fileFacts),
  mounts: observation(mountFacts),
  mycoswarm: observation(mycoswarmFacts),
  sandbox: observation(sandboxFacts),
  python: observation(pythonFacts),
  ollama: observation(ollamaFacts),
  credentials: observation(credentialFacts),
  audit: observation(auditFacts),
  updates: observation(updateFacts),
  sshServer: observation(sshServerFacts),
  time: observation(timeFacts),
});
export type Subjects = z.infer<typeof subjects>;
export type SubjectName = keyof Subjects;

/** Typed, timestamped raw observations of one node, collected without judging. */
export const facts = z.object({
  format: z.literal(FACTS_FORMAT),
  /** Version of Swarmkeep that collected them. */
  collectedBy: shortText,
  /** The instant that counts as "now" for every check on these facts. */
  collectedAt: instant,
  tookMs: z.number().min(0),
  node: z.object({ name: shortText, reachedBy: z.enum(['local', 'ssh', 'recorded']) }),
  privilege,
  /** True when secrets were removed for a recording. */
  redacted: z.boolean(),
  profile,
  subjects,
  /** What others could reach; left out where nobody knocked, as in recordings of earlier versions. */
  knocks: knockFacts.optional(),
});
export type Facts = z.infer<typeof facts>;
