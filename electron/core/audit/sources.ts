import type { FormatId, SourceTarget } from '#shared/domain/audit/source.ts';
import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { InstanceProfile, Profile } from '#shared/domain/profile.ts';

/** A source that is worth following on a node. */
export interface FoundSource {
  target: SourceTarget;
  /** What it is, in our words. */
  name: string;
  /** What its lines most likely are; what they really are is seen when they come. */
  hint: FormatId;
}

/** What of a node's facts tells of its logs. */
export interface LogFacts {
  subjects: Pick<Subjects, 'identity' | 'audit'>;
}

/** Where mycoSwarm's security model puts its logs ("Shell Execution Controls"). */
const LOG_FOLDER = '/var/log/mycoswarm';
const AUDIT_LOG = '/var/log/audit/audit.log';
/** Of syslog, where there is no journal: Debian and its kin, then Fedora and its kin. */
const AUTH_LOGS = ['/var/log/auth.log', '/var/log/secure'];
const KERNEL_LOGS = ['/var/log/kern.log', '/var/log/messages'];

const LOGS_OF_THE_AGENT = [
  ['shell.log', 'Commands'],
  ['network.log', 'Connections'],
  ['tool.log', 'Tool calls'],
] as const;

/**
 * The sources of a node as its profile and facts tell of them: mycoSwarm's journal, its logs and its access log, auditd's log, what the
 * kernel logs of packets, and logins. A log of mycoSwarm that is not there yet is found all the same, because it is waited for.
 * @param facts of the newest look; null when the node was never looked at: then only what every node has
 * @returns each target once, at most 64
 */
export function findSources(profile: Profile, facts: LogFacts | null): FoundSource[] {
  const found: FoundSource[] = [];
  for (const instance of profile.instances)
    found.push(...ofInstance(instance, whoseOf(instance, profile.instances)));
  found.push(...ofSystem(facts));
  const targets = new Set<string>();
  return found
    .filter(({ target }) => {
      const key = JSON.stringify(target);
      return targets.has(key) ? false : targets.add(key);
    })
    .slice(0, 64)
    .map((source) => ({ ...source, name: source.name.slice(0, 256) }));
}

/** By what a person tells one installation from the others: its service, its account, and its port where that is not enough. */
function whoseOf(instance: InstanceProfile, all: readonly InstanceProfile[]): string {
  if (all.length < 2) return '';
  const { unit, user, home, apiPort } = instance;
  const service = unit?.replace(/\.service$/, '') ?? null;
  const alone = (value: string | null, of: (other: InstanceProfile) => string | null) =>
    value !== null && all.every((other) => other === instance || of(other) !== value);
  if (alone(user, (other) => other.user)) return ` of ${user}`;
  if (alone(unit, (other) => other.unit)) return ` of ${service}`;
  if (alone(home, (other) => other.home)) return ` in ${home}`;
  const account = user === null ? '' : ` of ${user}`;
  return apiPort === null ? ` (${instance.id})` : `${account} on port ${apiPort}`;
}

function ofInstance(instance: InstanceProfile, whose: string): FoundSource[] {
  const found: FoundSource[] = [];
  if (instance.unit !== null) {
    const target = { kind: 'journal', unit: instance.unit } as const;
    found.push({ target, name: `What mycoSwarm${whose} says`, hint: 'journal-json' });
  }
  const folder = instance.logFolder ?? LOG_FOLDER;
  for (const [file, name] of LOGS_OF_THE_AGENT) {
    const path = absolute(folder, file);
    if (path)
      found.push({ target: { kind: 'file', path }, name: `${name} of the agent${whose}`, hint: 'mycoswarm' });
  }
  const configuration =
    instance.configurationFolder ?? (instance.home && `${instance.home}/.config/mycoswarm`);
  const access = configuration ? absolute(configuration, 'access.log') : null;
  if (access)
    found.push({
      target: { kind: 'file', path: access },
      name: `Files that the agent${whose} asked for`,
      hint: 'json-lines',
    });
  return found;
}

function ofSystem(facts: LogFacts | null): FoundSource[] {
  const audit = facts?.subjects.audit.state === 'seen' ? facts.subjects.audit.value : null;
  const found: FoundSource[] = [];
  if (audit?.auditd?.installed || audit?.auditd?.running || audit?.auditd?.logFile) {
    const path = audit.auditd.logFile?.path ?? AUDIT_LOG;
    if (absolute('/', path.slice(1)))
      found.push({
        target: { kind: 'file', path },
        name: 'What programs do, as auditd records it',
        hint: 'auditd',
      });
  }
  // A journal that cannot be read is followed all the same: its state says what would help.
  if (facts === null || audit === null || audit.journal !== null) {
    found.push({
      target: { kind: 'journal', unit: 'kernel' },
      name: 'Packets that the firewall logs',
      hint: 'journal-json',
    });
    found.push({ target: { kind: 'journal', unit: 'auth' }, name: 'Logins and sudo', hint: 'journal-json' });
    return found;
  }
  const debian =
    facts.subjects.identity.state === 'seen'
      ? isDebian(facts.subjects.identity.value.operatingSystem.id)
      : true;
  const [kernel, auth] = debian ? [KERNEL_LOGS[0], AUTH_LOGS[0]] : [KERNEL_LOGS[1], AUTH_LOGS[1]];
  if (kernel)
    found.push({
      target: { kind: 'file', path: kernel },
      name: 'Packets that the firewall logs',
      hint: 'syslog',
    });
  if (auth) found.push({ target: { kind: 'file', path: auth }, name: 'Logins and sudo', hint: 'syslog' });
  return found;
}

function isDebian(id: string): boolean {
  return ['debian', 'ubuntu', 'raspbian', 'linuxmint', 'pop', 'devuan'].includes(id);
}

/** @returns the path; null when the node gave a folder that no path can be made of */
function absolute(folder: string, file: string): string | null {
  const path = `${folder.replace(/\/+$/, '')}/${file}`;
  const plain = path.startsWith('/') && path.length <= 4_096 && !/[\p{Cc}\ufffd]|\\x[0-9a-f]{2}/u.test(path);
  return plain && !path.split('/').includes('..') ? path : null;
}
