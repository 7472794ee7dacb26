import { createHash } from 'node:crypto';
import { runTrip } from '#core/facts/collect/trip.ts';
import type { ScriptOutput } from '#core/facts/collector.ts';
import { isSecretName } from '#core/facts/redact.ts';
import { decodePath, decodeShort } from '#core/facts/script/decode.ts';
import { readRecords } from '#core/facts/script/records.ts';
import { providerOf } from '#core/facts/subjects/credentials/providers.ts';
import type { ScriptHost } from '#core/hosts/host.ts';
import { agentPlaces } from '#core/incidents/evidence/places.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type {
  CredentialKind,
  NodeCredentials,
  ReachableCredential,
} from '#shared/domain/incident/credentials.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted } from '#shared/domain/words.ts';
import { credentialsScript } from './credentials-script.ts';
import {
  CREDENTIAL_FILES,
  ENVIRONMENT_REVOCATION,
  providerRevocation,
  type Revocation,
} from './known-credentials.ts';

const BUDGET_MS = 30_000;
const ANSWER_BYTES = 4 * 1024 * 1024;
const MOST = 1_024;

/** What costs most when somebody else has it stands first. */
const ORDER: readonly CredentialKind[] = [
  'swarm-token',
  'cloud-account',
  'ssh-key',
  'cluster',
  'git',
  'package-registry',
  'browser',
  'password-file',
  'container-registry',
  'provider-key',
  'environment',
  'other',
];

export interface CredentialsRequest {
  /** Null where the node cannot be asked: then only what the last look saw is told. */
  host: ScriptHost | null;
  node: { id: string; name: string };
  profile: Profile | null;
  /** Of the last look; null when there was none. */
  facts: Facts | null;
  now(): Date;
  signal?: AbortSignal | undefined;
}

/**
 * Lists every credential that the agents of a node could read: by looking whether files are there and readable for their account, by names of
 * variables, and by the keys that the last look found. Nothing is opened, and no value ever leaves the node. A node that cannot be asked
 * any more is listed from the last look, and that is said.
 * @throws AbortError
 */
export async function reachableCredentials(request: CredentialsRequest): Promise<NodeCredentials> {
  const found = new Map<string, ReachableCredential>();
  const unseen: string[] = [];
  const add = (credential: Omit<ReachableCredential, 'id'>): void => {
    const key = `${credential.kind}\0${credential.name}\0${credential.place}`;
    const id = createHash('sha256').update(`${request.node.id}\0${key}`).digest('hex').slice(0, 24);
    if (!found.has(key)) found.set(key, { id, ...credential });
  };
  fromFacts(request.facts, add, unseen);
  let privilege: NodeCredentials['privilege'] = 'user';
  if (request.host === null) unseen.push('The node was not asked: this is what the last look saw.');
  else privilege = await ask(request.host, request, add, unseen);
  request.signal?.throwIfAborted();
  if (request.profile === null || request.profile.instances.length === 0)
    unseen.push(
      'Where mycoSwarm is on this node is not known: whatever lies in homes there may have been read.',
    );
  const credentials = [...found.values()]
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.place < b.place ? -1 : 1))
    .slice(0, MOST);
  if (found.size > MOST) unseen.push(`${found.size - MOST} more are not listed.`);
  return {
    node: request.node.id,
    nodeName: request.node.name,
    at: request.now().toISOString(),
    privilege,
    credentials,
    unseen: unseen.slice(0, 256).map((text) => text.slice(0, 512)),
    sentence: sentenceOf(request.node.name, credentials.length, unseen.length),
  };
}

type Add = (credential: Omit<ReachableCredential, 'id'>) => void;

function fromFacts(facts: Facts | null, add: Add, unseen: string[]): void {
  if (facts === null) return;
  const keys = facts.subjects.credentials;
  if (keys.state !== 'seen') {
    unseen.push(`The last look could not look for keys of providers: ${keys.reason}`);
    return;
  }
  for (const { name, provider, place, pid, kind } of keys.value.found)
    add({
      kind: 'provider-key',
      title: `Key of ${visible(provider)}`.slice(0, 256),
      name: visible(name).slice(0, 256),
      // The number of a process is another one after every start.
      place: pid === null ? visible(place).slice(0, 16_384) : 'environment of a program of the agent',
      reach: kind === 'shell-history' || kind === 'unit' ? 'probably' : 'readable',
      ...providerRevocation(provider),
    });
  for (const { what, reason } of keys.gaps) unseen.push(`${visible(what)}: ${visible(reason)}`);
}

async function ask(
  host: ScriptHost,
  request: CredentialsRequest,
  add: Add,
  unseen: string[],
): Promise<NodeCredentials['privilege']> {
  const places = agentPlaces(request.profile);
  let output: ScriptOutput | null = null;
  let privilege: NodeCredentials['privilege'] = 'user';
  const job = { script: credentialsScript(places), budgetMs: BUDGET_MS, maxBytes: ANSWER_BYTES };
  const end = await runTrip(host, [job], {
    sudo: true,
    signal: request.signal,
    onHello: ({ uid, bySudo }) => {
      privilege = bySudo ? 'sudo' : uid === 0 ? 'root' : 'user';
    },
    onJob: (_, given) => {
      output = given;
    },
  });
  if (!end.ok || output === null) {
    unseen.push(
      `The node could not be asked now, so this is what the last look saw: ${end.ok ? 'it gave no answer.' : end.error.message}`,
    );
    return privilege;
  }
  read(output, add, unseen);
  if (privilege === 'user')
    unseen.push('Looked at as an ordinary account: homes that are closed to it may hold more.');
  return privilege;
}

function read(output: ScriptOutput, add: Add, unseen: string[]): void {
  const { records, finished } = readRecords(output);
  const hidden: string[] = [];
  for (const { tag, fields } of records) {
    if (tag === 'file') addFile(fields, add);
    else if (tag === 'token') addToken(decodePath(fields[0]), add);
    else if (tag === 'variable') addVariable(decodeShort(fields[1]), add);
    else if (tag === 'closed')
      unseen.push(`${visible(decodePath(fields[0]))} is closed to the account that looked.`);
    else if (tag === 'hidden') hidden.push(visible(decodeShort(fields[0])));
  }
  if (hidden.length > 0)
    unseen.push(`The environment of ${counted(hidden.length, 'program')} of the agent was closed.`);
  if (!finished) unseen.push('The answer of the node broke off: there may be more.');
}

function addFile(fields: readonly Buffer[], add: Add): void {
  const known = CREDENTIAL_FILES[Number(decodeShort(fields[0]))];
  const reach = decodeShort(fields[3]);
  if (known === undefined || (reach !== 'readable' && reach !== 'unknown')) return;
  const { kind, title, revoke, revokeAt } = known;
  const place = visible(decodePath(fields[1])).slice(0, 16_384);
  if (kind === 'swarm-token') addToken(place, add);
  else
    add({
      kind,
      title,
      name: '',
      place,
      reach: reach === 'readable' ? 'readable' : 'probably',
      revoke,
      revokeAt,
    });
}

function addToken(place: string, add: Add): void {
  const token = CREDENTIAL_FILES.find(({ kind }) => kind === 'swarm-token');
  if (token === undefined) return;
  // The daemon holds it in its memory, whatever the mode of the file.
  const { title, revoke, revokeAt } = token;
  add({
    kind: 'swarm-token',
    title,
    name: '',
    place: visible(place).slice(0, 16_384),
    reach: 'readable',
    revoke,
    revokeAt,
  });
}

function addVariable(name: string, add: Add): void {
  const provider = providerOf(name);
  if (provider === null && !isSecretName(name)) return;
  const revocation: Revocation = provider === null ? ENVIRONMENT_REVOCATION : providerRevocation(provider);
  add({
    kind: provider === null ? 'environment' : 'provider-key',
    title: provider === null ? 'Secret in the environment of the agent' : `Key of ${provider}`,
    name: visible(name).slice(0, 256),
    place: 'environment of a program of the agent',
    reach: 'readable',
    ...revocation,
  });
}

function sentenceOf(name: string, count: number, gaps: number): string {
  const beside = gaps > 0 ? ' Not everything could be looked at, so there may be more.' : '';
  if (count === 0) return `No other credential was found that the agents of ${name} could read.${beside}`;
  return `${capital(counted(count, 'credential'))} on ${name} could have been read by its agents: revoke each one.${beside}`;
}
