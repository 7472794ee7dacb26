import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { Verdict } from './access.ts';
import { type Agent, agentOf, processesOf, runningUids } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { accountParts, powerParts } from './dedicated-account.ts';
import { otherHomeParts } from './homes.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf, unitOf, unseenPart } from './knowledge.ts';
import { mountedHomeParts } from './mounted-home-parts.ts';
import { ownAccountSteps } from './own-account.ts';
import type { Part } from './part.ts';
import { polkitParts } from './polkit-parts.ts';
import { rightsParts } from './rights-parts.ts';
import { hasOwnMounts } from './unit-sandbox.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

function runningParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const hidden = unseenPart(input, 'processes');
  const processes = processesOf(input, instance);
  const byUid = Map.groupBy(processes, (process) => process.effectiveUid);
  const parts: Part[] = hidden === null ? [] : [hidden];
  for (const uid of runningUids(input, instance)) {
    const some = byUid.get(uid) ?? [];
    const pids = some.map((process) => process.pid).slice(0, 8);
    const what =
      some.length === 0
        ? `${label}mycoSwarm, set to run as uid ${uid}`
        : `${label}${some[0]?.name ?? 'mycoswarm'} (pid ${pids.join(', ')}) as uid ${uid}`;
    const source = some.length === 0 ? sourceOf(input, 'units') : sourceOf(input, 'processes');
    if (uid === 0) {
      parts.push({
        what,
        seen: 'the administrator account',
        status: 'fix',
        severity: 'critical',
        source,
        headline: `mycoSwarm on ${input.nodeName} runs as administrator.`,
        steps: ownAccountSteps(input, agent),
      });
    } else if (uid !== agent.uid) {
      parts.push({
        what,
        seen: `a second account, besides ${agent.name}`,
        status: 'review',
        severity: 'medium',
        source,
        headline: `mycoSwarm on ${input.nodeName} runs under more than one account.`,
      });
    } else {
      parts.push({ what, seen: `not the administrator, ${agent.name}`, status: 'pass', source });
    }
  }
  return parts;
}

function unitParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const unit = unitOf(input, instance);
  if (unit === null) return [];
  const source = sourceOf(input, 'units');
  if (unit === 'unseen') {
    return [
      unseenPart(input, 'units') ?? {
        ...notSeen(
          input,
          `${label}${instance.unit ?? ''}`,
          'systemd did not show this unit, and its file could not be read',
          source,
          AS_ADMINISTRATOR,
        ),
        headline: `We could not read how ${instance.unit ?? 'mycoSwarm'} is started on ${input.nodeName}.`,
      },
    ];
  }
  if (unit.userUnit) {
    return [
      {
        what: `${label}${unit.name}, a unit of ${agent.name}`,
        seen: 'started by the account itself',
        status: 'pass',
        source,
      },
    ];
  }
  const what = `${label}${unit.name}: User=${unit.user}`;
  if (unit.properties.DynamicUser === 'yes') {
    return [
      {
        what: `${what} DynamicUser=yes`,
        seen: 'an account made for this service alone',
        status: 'pass',
        source,
      },
    ];
  }
  if (unit.user === '' || unit.user === 'root' || unit.user === '0') {
    return [
      {
        what,
        seen: 'starts as administrator',
        status: 'fix',
        severity: 'critical',
        source,
        headline: `${unit.name} on ${input.nodeName} starts mycoSwarm as administrator.`,
        steps: ownAccountSteps(input, agent),
      },
    ];
  }
  if (agent.account !== null && unit.user !== agent.account.name && unit.user !== String(agent.uid)) {
    return [
      {
        what,
        seen: `runs as ${agent.name} now, and as ${unit.user} after the next start`,
        status: 'review',
        severity: 'medium',
        source,
        headline: `mycoSwarm on ${input.nodeName} will change its account at the next start, to ${unit.user}.`,
      },
    ];
  }
  return [{ what, seen: 'the same account', status: 'pass', source }];
}

/** What systemd and the SSH server run for an account that is looked at or has a user manager, by file. */
const COMPANIONS =
  /^(\/usr)?(\/lib\/systemd\/systemd(-executor)?|\/lib(exec)?\/(openssh\/)?(sshd-session|sshd-auth|sftp-server|ssh\/sftp-server)|\/s?bin\/sshd|\/bin\/dbus-(daemon|broker|broker-launch))( \(deleted\))?$/;

/** The names that these have (proc_pid_comm(5)). A name proves nothing, for every program can choose its own. */
const COMPANION_NAMES =
  /^(systemd|\(sd-pam\)|dbus-daemon|dbus-broker|dbus-broker-lau|sshd|sshd-session|sshd-auth|sftp-server)$/;

/** Whether a process is one of those: by its name and its file, in the machine's own view of files. */
function isCompanion(input: CheckInput, process: ProcessFact): Verdict['can'] {
  if (!COMPANION_NAMES.test(process.name)) return 'no';
  if (process.executable === null) return 'unknown';
  if (!COMPANIONS.test(process.executable)) return 'no';
  // In a view of its own any file can have that path (mount_namespaces(7)).
  const hasOwn = hasOwnMounts(input, process);
  return hasOwn === 'unknown' ? 'unknown' : hasOwn === 'yes' ? 'no' : 'yes';
}

/** Other programs of the agent's account: an account of its own has none. */
function companionParts(input: CheckInput, agent: Agent): Part[] {
  const processes = seen(input, 'processes')?.processes ?? [];
  const ours = new Set(input.facts.profile.instances.flatMap((instance) => instance.pids));
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'processes');
  const others = processes.filter((process) => process.effectiveUid === agent.uid && !ours.has(process.pid));
  if (agent.uid === 0) return [];
  const by = Map.groupBy(others, (process) => isCompanion(input, process));
  const parts = (by.get('unknown') ?? []).slice(0, 12).map((process) => {
    const what = `${label}${process.name} (pid ${process.pid})`;
    return notSeen(input, what, 'which file it runs is not known', source, AS_ADMINISTRATOR);
  });
  const foreign = by.get('no') ?? [];
  if (foreign.length === 0) return parts;
  const names = [...new Set(foreign.map((process) => process.name))].toSorted();
  return [
    ...parts,
    {
      what: `${label}${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`,
      seen: `${foreign.length} other ${foreign.length === 1 ? 'program runs' : 'programs run'} under the same account`,
      status: 'review',
      severity: 'low',
      source,
      headline: `The account of mycoSwarm on ${input.nodeName} runs other programs too.`,
    },
  ];
}

/** Checklist item 1: an account that is nobody else and can become nobody else. */
export const dedicatedUser: Check = {
  id: 'dedicated-user',
  run(input) {
    const absent = withoutMycoswarm('dedicated-user', input);
    if (absent !== null) return absent;
    const parts = input.facts.profile.instances.flatMap((instance): Part[] => {
      const agent = agentOf(input, instance);
      return [
        ...runningParts(input, agent),
        ...unitParts(input, agent),
        ...agent.doubts,
        ...powerParts(input, agent, () => ownAccountSteps(input, agent)),
        ...polkitParts(input, agent),
        ...rightsParts(input, agent),
        ...agent.entries.flatMap((entry) =>
          accountParts(input, agent, entry, () => ownAccountSteps(input, agent)),
        ),
        ...companionParts(input, agent),
        ...otherHomeParts(input, agent),
        ...mountedHomeParts(input, agent),
      ];
    });
    return conclude('dedicated-user', input, parts, {
      pass: `mycoSwarm on ${input.nodeName} runs under an account of its own.`,
      detail: {
        pass: 'The account can become nobody else, nobody logs in with it, and it cannot look into other homes.',
        fix: 'Whatever an agent is talked into, it can do as much as this account can.',
      },
      wouldChange: {
        pass: 'A new group, sudo rule, password, key or login of this account would change this.',
        otherwise: 'An account for mycoSwarm alone, with no way to become another, would make this fine.',
      },
    });
  },
};
