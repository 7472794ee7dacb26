import type { AccountFact, ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { powersOfGroups, powersOfPrograms, powersOfSockets, powersOfSudo } from './powers.ts';

/** A way by which the agent can act as somebody else. */
export interface Power {
  /** The uids that it surely can become, as ranges; empty when it only gives more than an agent should have. */
  uids: readonly { start: number; count: number }[];
  /** Where it comes from, as the machine says it: `group docker`, `/usr/local/bin/shell`. */
  what: string;
  /** What that means, in our words. */
  seen: string;
  source: string;
  /** Sudo, group, program and engine give another account; a range gives numbers that belong to nobody else. */
  kind: 'sudo' | 'group' | 'program' | 'engine' | 'range';
}

/** The agent of one installation: its uid and every uid that it can become. */
export interface Agent {
  instance: InstanceProfile;
  /** Name for sentences: the account's name, else `uid 1001`. */
  name: string;
  /** The account in commands: its name, else its number. */
  login: string;
  /** Uid of the daemon; null when it is not known. */
  uid: number | null;
  account: AccountFact | null;
  /** Group ids that its processes carry; null when they are not known completely. */
  groupIds: ReadonlySet<number> | null;
  groupNames: readonly string[];
  powers: readonly Power[];
  /** What could not be seen about it. Without these nothing may be concluded about what it cannot do. */
  doubts: readonly Part[];
  /** Whether the agent can act as this uid, as far as was seen. Root can act as everybody. */
  canBe(uid: number): boolean;
}

const processMaps = new WeakMap<object, ReadonlyMap<number, ProcessFact>>();

/** Processes of an installation that were seen. */
export function processesOf(input: CheckInput, instance: InstanceProfile): ProcessFact[] {
  const facts = seen(input, 'processes');
  if (facts === null) return [];
  let byPid = processMaps.get(facts);
  if (byPid === undefined) {
    byPid = new Map(facts.processes.map((process) => [process.pid, process]));
    processMaps.set(facts, byPid);
  }
  return instance.pids.map((pid) => byPid.get(pid)).filter((process) => process !== undefined);
}

/** Uids with which an installation runs: of its processes, else of the profile. */
export function runningUids(input: CheckInput, instance: InstanceProfile): number[] {
  const uids = new Set(
    processesOf(input, instance).flatMap((process) => [process.uid, process.effectiveUid]),
  );
  if (uids.size === 0 && instance.uid !== null) uids.add(instance.uid);
  return [...uids].toSorted((a, b) => a - b);
}

function groupIdsOf(
  input: CheckInput,
  account: AccountFact | null,
  processes: readonly ProcessFact[],
): ReadonlySet<number> | null {
  const groups = seen(input, 'accounts')?.groups ?? null;
  if (account === null || groups === null) return null;
  const named = groups.filter(
    (group) => account.groups.includes(group.name) || group.members.includes(account.name),
  );
  return new Set([
    account.gid,
    ...named.map((group) => group.gid),
    ...processes.flatMap((process) => [process.gid, ...process.groups]),
  ]);
}

/**
 * Who the agent of an installation is (design, "The agent"): its own uid, subordinate uids when newuidmap works
 * (subuid(5)), setuid programs, sudo rules, groups and engine sockets that give another account.
 */
export function agentOf(input: CheckInput, instance: InstanceProfile): Agent {
  const accounts = seen(input, 'accounts');
  const uids = runningUids(input, instance);
  const uid = uids.find((running) => running === 0) ?? instance.uid ?? uids[0] ?? null;
  const account = accounts?.accounts.find((entry) => entry.uid === uid) ?? null;
  const name = account?.name ?? instance.user ?? (uid === null ? 'an unknown account' : `uid ${uid}`);
  const groupIds = groupIdsOf(input, account, processesOf(input, instance));
  const groupNames = account === null ? [] : account.groups;
  const source = sourceOf(input, 'accounts');

  const doubts: Part[] = [];
  const powers: Power[] = [];
  const hidden = unseenPart(input, 'accounts');
  if (hidden !== null) doubts.push(hidden);
  const containers = unseenPart(input, 'containers');
  if (containers !== null) doubts.push(containers);
  if (uid === null) {
    doubts.push(notSeen(input, `account of ${instance.id}`, 'not known', source, AS_ADMINISTRATOR));
  } else if (accounts !== null && account === null) {
    doubts.push(notSeen(input, `uid ${uid}`, 'no account with this number was found', source, null));
  }
  if (account !== null && accounts !== null) {
    if (groupIds === null) {
      doubts.push(notSeen(input, `groups of ${name}`, 'their numbers are not known', source, 'look again'));
    }
    powers.push(...powersOfGroups(account, source));
    if (account.sudoRules === null) {
      doubts.push(
        notSeen(input, `sudo rules for ${name}`, 'could not be read', '/etc/sudoers', AS_ADMINISTRATOR),
      );
    } else {
      powers.push(...powersOfSudo(account, accounts.accounts));
    }
    if (account.subordinateUids.length > 0) {
      const ranges = account.subordinateUids.map(
        (range) => `${range.start}–${range.start + range.count - 1}`,
      );
      if (accounts.newuidmapWorks === null) {
        doubts.push(
          notSeen(
            input,
            `newuidmap for ${ranges.join(', ')}`,
            'not known whether it works',
            source,
            AS_ADMINISTRATOR,
          ),
        );
      } else if (accounts.newuidmapWorks) {
        powers.push({
          uids: account.subordinateUids,
          what: `${name}: subordinate uids ${ranges.join(', ')}`,
          seen: 'the agent can act as these numbers too',
          source: '/etc/subuid',
          kind: 'range',
        });
      }
    }
    powers.push(...powersOfPrograms(accounts.setuidPrograms, uid ?? -1, groupIds ?? new Set(), source));
    powers.push(...powersOfSockets(input, uid ?? -1, groupIds ?? new Set()));
  }
  const own = new Set(uids);
  if (uid !== null) own.add(uid);
  const isRoot = own.has(0) || powers.some((power) => power.uids.some((range) => range.start === 0));
  return {
    instance,
    name,
    login: account?.name ?? (uid === null ? (instance.user ?? 'mycoswarm') : String(uid)),
    uid,
    account,
    groupIds,
    groupNames,
    powers,
    doubts,
    canBe: (other) =>
      isRoot ||
      own.has(other) ||
      powers.some((power) =>
        power.uids.some((range) => other >= range.start && other < range.start + range.count),
      ),
  };
}
