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
  ['shell.log', 'Shell commands of the agent'],
  ['network.log', 'Connections of the agent'],
  ['tool.log', 'Tool calls of the agent'],
] as const;

/**
 * The sources of a node as its profile and facts tell of them: mycoSwarm's journal, its logs and its access log, auditd's log, what the
 * kernel logs of packets, and logins. A log of mycoSwarm that is not there yet is found all the same, because it is waited for.
 * @param facts of the newest look; null when the node was never looked at: then only what every node has
 * @returns each target once, at most 64
 */
export function findSources(profile: Profile, facts: LogFacts | null): FoundSource[] {
  const found: FoundSource[] = [];
  const several = profile.instances.length > 1;
  for (const instance of profile.instances) {
    const whose = several ? ` (${instance.id})` : '';
    found.push(...ofInstance(instance, whose));
  }
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

function ofInstance(instance: InstanceProfile, whose: string): FoundSource[] {
  const found: FoundSource[] = [];
  if (instance.unit !== null) {
    const target = { kind: 'journal', unit: instance.unit } as const;
    found.push({ target, name: `mycoSwarm's journal${whose}`, hint: 'journal-json' });
  }
  const folder = instance.logFolder ?? LOG_FOLDER;
  for (const [file, name] of LOGS_OF_THE_AGENT) {
    const path = absolute(folder, file);
    if (path) found.push({ target: { kind: 'file', path }, name: `${name}${whose}`, hint: 'mycoswarm' });
  }
  const configuration =
    instance.configurationFolder ?? (instance.home && `${instance.home}/.config/mycoswarm`);
  const access = configuration ? absolute(configuration, 'access.log') : null;
  if (access)
    found.push({ target: { kind: 'file', path: access }, name: `Access log${whose}`, hint: 'json-lines' });
  return found;
}

function ofSystem(facts: LogFacts | null): FoundSource[] {
  const audit = facts?.subjects.audit.state === 'seen' ? facts.subjects.audit.value : null;
  const found: FoundSource[] = [];
  if (audit?.auditd?.installed || audit?.auditd?.running || audit?.auditd?.logFile) {
    const path = audit.auditd.logFile?.path ?? AUDIT_LOG;
    if (absolute('/', path.slice(1)))
      found.push({ target: { kind: 'file', path }, name: 'Audit log', hint: 'auditd' });
  }
  // A journal that cannot be read is followed all the same: its state says what would help.
  if (facts === null || audit === null || audit.journal !== null) {
    found.push({
      target: { kind: 'journal', unit: 'kernel' },
      name: 'Packets that the kernel logs',
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
      name: 'Packets that the kernel logs',
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
