import type { DeclarationKind } from '#shared/domain/decision.ts';
import type { SubjectName, Subjects } from '#shared/domain/facts/facts.ts';
import type { FileFact, UnitFact } from '#shared/domain/facts/files.ts';
import type { Observation } from '#shared/domain/facts/observation.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CheckInput } from './check.ts';
import type { Part } from './part.ts';

type ValueOf<S extends SubjectName> = Subjects[S] extends Observation<infer V> ? V : never;

/** What each subject is, in the words of a sentence that starts with "We could not read". */
const SUBJECT_WORDS: Readonly<Record<SubjectName, string>> = {
  identity: 'what kind of machine it is',
  accounts: 'the accounts',
  processes: 'the running programs',
  sockets: 'the listening sockets',
  interfaces: 'the network interfaces',
  firewall: 'the firewall rules',
  containers: 'the containers',
  units: 'the systemd units',
  files: 'the files',
  mounts: 'the mounted file systems',
  mycoswarm: 'the state of mycoSwarm',
  sandbox: 'whether code can be isolated',
  python: 'the Python packages',
  ollama: 'the model server',
  credentials: 'where keys may lie',
  audit: 'what is recorded',
  updates: 'the pending updates',
  sshServer: 'the settings of the SSH server',
  time: 'the state of the clock',
};

/** What was seen of a subject, or null. */
export function seen<S extends SubjectName>(input: CheckInput, subject: S): ValueOf<S> | null {
  const observation: Observation<unknown> = input.facts.subjects[subject];
  return observation.state === 'seen' ? (observation.value as ValueOf<S>) : null;
}

/** How a subject was looked at, as a system administrator would type it. */
export function sourceOf(input: CheckInput, subject: SubjectName): string {
  return input.facts.subjects[subject].source;
}

/** The part for a subject that was not seen at all; null when it was seen. */
export function unseenPart(input: CheckInput, subject: SubjectName): Part | null {
  const observation = input.facts.subjects[subject];
  if (observation.state === 'seen') return null;
  return {
    what: SUBJECT_WORDS[subject],
    seen: `could not look: ${observation.reason}`,
    status: 'unknown',
    source: observation.source,
    headline: `We could not read ${SUBJECT_WORDS[subject]} on ${input.nodeName}.`,
    wouldHelp: observation.wouldHelp,
  };
}

/** One part for each thing inside a subject that could not be seen. */
export function gapParts(
  input: CheckInput,
  subject: SubjectName,
  isRelevant: (what: string) => boolean = () => true,
): Part[] {
  const observation = input.facts.subjects[subject];
  if (observation.state === 'unseen') return [];
  return observation.gaps
    .filter((gap) => isRelevant(gap.what))
    .map((gap) => ({
      what: gap.what,
      seen: `could not look: ${gap.reason}`,
      status: 'unknown',
      source: observation.source,
      headline: `We could not see everything of ${SUBJECT_WORDS[subject]} on ${input.nodeName}: ${gap.what}.`,
      wouldHelp: gap.wouldHelp,
    }));
}

/** Gaps that hide addresses of the node: then nobody can say on which networks it is. */
export function addressGapParts(input: CheckInput): Part[] {
  return gapParts(input, 'interfaces', (what) => /^(IPv4 addresses|parts of the interfaces)$/.test(what));
}

/** What would help when only an administrator can see something. */
export const AS_ADMINISTRATOR = 'look at this node as administrator';

/** Why something that takes the administrator was not seen, and what would help, by who looked. */
function unseenAs(input: CheckInput, why: string): { seen: string; wouldHelp: string } {
  if (input.facts.privilege !== 'user')
    return {
      seen: `${why}, though the look was made as administrator: it is not there, did not answer in time, or was cut`,
      wouldHelp: 'look again, and report it with recorded facts of this node if it stays so',
    };
  const user = seen(input, 'identity')?.collectedAs.user;
  return {
    seen: `${why}: that takes the administrator, and the look was made as ${user ?? 'an ordinary account'}`,
    wouldHelp: AS_ADMINISTRATOR,
  };
}

/**
 * A part for something that was not among the facts. It always says why: where the administrator would see it, who looked.
 * @param why what of it is not known, as a phrase
 */
export function notSeen(
  input: CheckInput,
  what: string,
  why: string,
  source: string,
  wouldHelp: string | null,
): Part {
  const said = wouldHelp === AS_ADMINISTRATOR ? unseenAs(input, why) : { seen: why, wouldHelp };
  return {
    what,
    ...said,
    status: 'unknown',
    source,
    headline: `We could not see everything on ${input.nodeName}: ${what}: ${why}.`,
  };
}

/** The reason of the operator's declaration that something is meant, or null when there is none. */
export function declaredReason(input: CheckInput, kind: DeclarationKind, value: string): string | null {
  return (
    input.declarations.find((declaration) => declaration.kind === kind && declaration.value === value)
      ?.reason ?? null
  );
}

/** What goes in front of evidence when a node has several installations. */
export function labelOf(input: CheckInput, instance: InstanceProfile): string {
  return input.facts.profile.instances.length > 1 ? `${instance.id}: ` : '';
}

/** The systemd unit of an installation; null when it has none, `unseen` when it has one that was not seen. */
export function unitOf(input: CheckInput, instance: InstanceProfile): UnitFact | null | 'unseen' {
  if (instance.unit === null) return null;
  return seen(input, 'units')?.units.find((unit) => unit.name === instance.unit) ?? 'unseen';
}

const fileMaps = new WeakMap<object, ReadonlyMap<string, FileFact>>();

/** All single files that were looked at, by path. */
export function filesByPath(input: CheckInput): ReadonlyMap<string, FileFact> {
  const files = seen(input, 'files');
  if (files === null) return new Map();
  const known = fileMaps.get(files);
  if (known !== undefined) return known;
  const map = new Map(files.files.map((file) => [file.path, file]));
  fileMaps.set(files, map);
  return map;
}

/** Whether a path was asked for and is not there. */
export function isMissing(input: CheckInput, path: string): boolean {
  return seen(input, 'files')?.missing.includes(path) ?? false;
}
