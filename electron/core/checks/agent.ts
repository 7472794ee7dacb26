import type { AccountFact, AccountFacts, ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CheckInput } from './check.ts';
import { doasPowers, ksuDoubts } from './elevation.ts';
import { AS_ADMINISTRATOR, gapParts, notSeen, seen, sourceOf, unitOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { powersOfGroups, powersOfPrograms, powersOfSockets, powersOfSudo } from './powers.ts';
import { groupsOfUnit, powersOfCapabilities, powersOfUnit } from './powers-of-unit.ts';

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
  kind: 'sudo' | 'doas' | 'group' | 'process-group' | 'program' | 'engine' | 'capability' | 'range';
  /** For groups: the name of the account that is in it. */
  account?: string;
  /**
   * For programs: it obeys whoever starts it, the agent may write it, or it is not one of the usual ones, among the
   * programs of the system or elsewhere.
   */
  concern?: 'obeys' | 'writable' | 'unusual' | 'foreign';
  /** For programs and sockets: how the file is now, so that a change of it can be taken back. */
  file?: { path: string; uid: number; gid: number; mode: number; capabilities: string | null };
  /** For sockets: the group that may command the engine, where the agent is in it. */
  group?: string;
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
  /** Every entry of passwd(5) with its uid: a second name has groups, rules, a password and keys of its own. */
  entries: readonly AccountFact[];
  /** Group ids that its processes carry; null when they are not known completely. */
  groupIds: ReadonlySet<number> | null;
  /** Names of all these groups, as far as they have one. */
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

type Groups = NonNullable<AccountFacts['groups']>;

function groupIdsOf(
  groups: Groups | null,
  entries: readonly AccountFact[],
  processes: readonly ProcessFact[],
): ReadonlySet<number> | null {
  if (entries.length === 0 || groups === null) return null;
  const named = groups.filter((group) =>
    entries.some((entry) => entry.groups.includes(group.name) || group.members.includes(entry.name)),
  );
  return new Set([
    ...entries.map((entry) => entry.gid),
    ...named.map((group) => group.gid),
    ...processes.flatMap((process) => [process.gid, ...process.groups]),
  ]);
}

/** Every gap in what is known of accounts concerns the agent, apart from what lies in a single home. */
function gapDoubts(input: CheckInput): Part[] {
  return gapParts(input, 'accounts', (what) => !what.startsWith('home '));
}

/** Sudo rules and subordinate uids of one entry of passwd(5). */
function judgeEntry(
  input: CheckInput,
  entry: AccountFact,
  facts: AccountFacts,
): { powers: Power[]; doubts: Part[] } {
  const source = sourceOf(input, 'accounts');
  const doubts: Part[] = [];
  const powers = powersOfSudo(entry, facts.accounts);
  if (entry.sudoRules === null) {
    const what = `sudo rules for ${entry.name}`;
    doubts.push(
      notSeen(input, what, 'not all files of sudo could be read', '/etc/sudoers', AS_ADMINISTRATOR),
    );
  }
  if (entry.subordinateUids.length === 0) return { powers, doubts };
  const ranges = entry.subordinateUids
    .map((range) => `${range.start}–${range.start + range.count - 1}`)
    .join(', ');
  if (facts.newuidmapWorks === null) {
    const why = 'whether it has its mark is not known, for the search for such programs did not end';
    doubts.push(notSeen(input, `newuidmap for ${ranges}`, why, source, AS_ADMINISTRATOR));
  } else if (facts.newuidmapWorks) {
    powers.push({
      uids: entry.subordinateUids,
      what: `${entry.name}: subordinate uids ${ranges}`,
      seen: 'the agent can act as these numbers too',
      source: '/etc/subuid',
      kind: 'range',
    });
  }
  return { powers, doubts };
}

/**
 * What the groups of an agent give: those of its entries, those that only its running processes carry or that its unit gives
 * them, and every other name that the number of one of these has.
 */
function judgeGroups(
  input: CheckInput,
  entries: readonly AccountFact[],
  processes: readonly ProcessFact[],
  groups: Groups | null,
  ofUnit: readonly string[],
): { powers: Power[]; doubts: Part[]; names: string[] } {
  const source = sourceOf(input, 'accounts');
  const powers = entries.flatMap((entry) => powersOfGroups(entry.name, entry.groups, true, source));
  const known = new Set(entries.flatMap((entry) => entry.groups));
  const byUnit = ofUnit.filter((name) => !known.has(name));
  if (groups === null) {
    powers.push(...powersOfGroups('its unit', byUnit, false, sourceOf(input, 'units')));
    return { powers, doubts: [], names: [...known, ...byUnit] };
  }
  const primary = new Set(entries.map((entry) => entry.gid));
  const carried = new Set(processes.flatMap((process) => [process.gid, ...process.groups]));
  const doubts = [...carried]
    .filter((gid) => !primary.has(gid) && !groups.some((group) => group.gid === gid))
    .map((gid) =>
      notSeen(
        input,
        `group ${gid} of the running programs`,
        'it has no name in the table of groups (getent group)',
        source,
        'look again',
      ),
    );
  const named = (name: string) => known.has(name) || byUnit.includes(name);
  const gids = new Set([
    ...primary,
    ...carried,
    ...byUnit.filter((name) => /^[0-9]+$/.test(name)).map(Number),
    ...groups.filter((group) => named(group.name)).map((group) => group.gid),
  ]);
  const all = groups.filter((group) => gids.has(group.gid)).map((group) => group.name);
  const more = [...new Set([...all, ...byUnit])].filter((name) => !known.has(name));
  const pids = processes.map((process) => process.pid).slice(0, 8);
  const owner = pids.length === 0 ? 'its programs' : `running programs (pid ${pids.join(', ')})`;
  powers.push(...powersOfGroups(owner, more, false, sourceOf(input, 'processes')));
  return { powers, doubts, names: [...known, ...more] };
}

/** Programs that give other accounts by rules of their own. */
const RULED_ELSEWHERE = /\/(doas|ksu)$/;

const agents = new WeakMap<CheckInput, Map<InstanceProfile, Agent>>();

/**
 * Who the agent of an installation is (design, "The agent"): its own uid, subordinate uids when newuidmap works
 * (subuid(5)), setuid programs, sudo rules, groups and engine sockets that give another account. Most checks ask, and are told the same.
 */
export function agentOf(input: CheckInput, instance: InstanceProfile): Agent {
  const known = agents.get(input) ?? new Map<InstanceProfile, Agent>();
  agents.set(input, known);
  const before = known.get(instance);
  if (before !== undefined) return before;
  const agent = lookForAgent(input, instance);
  known.set(instance, agent);
  return agent;
}

function lookForAgent(input: CheckInput, instance: InstanceProfile): Agent {
  const accounts = seen(input, 'accounts');
  const uids = runningUids(input, instance);
  const uid = uids.find((running) => running === 0) ?? instance.uid ?? uids[0] ?? null;
  const entries = accounts?.accounts.filter((entry) => entry.uid === uid) ?? [];
  const account = entries.find((entry) => entry.name === instance.user) ?? entries[0] ?? null;
  const name = account?.name ?? instance.user ?? (uid === null ? 'an unknown account' : `uid ${uid}`);
  const processes = processesOf(input, instance);
  const groups = accounts?.groups ?? null;
  const groupIds = groupIdsOf(groups, entries, processes);
  const namesById = groups === null ? null : new Map(groups.map((group) => [group.gid, group.name]));
  const unit = unitOf(input, instance);
  const known = unit === null || unit === 'unseen' ? null : unit;
  const ofUnit = known === null ? [] : groupsOfUnit(known);
  const byGroup = judgeGroups(input, entries, processes, groups, ofUnit);
  const source = sourceOf(input, 'accounts');

  const doubts: Part[] = gapDoubts(input);
  const powers: Power[] = [...byGroup.powers];
  if (uid !== 0)
    powers.push(...powersOfCapabilities(processes), ...(known === null ? [] : powersOfUnit(known)));
  const hidden = unseenPart(input, 'accounts');
  if (hidden !== null) doubts.push(hidden);
  const containers = unseenPart(input, 'containers');
  if (containers !== null) doubts.push(containers);
  if (uid === null) {
    doubts.push(
      notSeen(
        input,
        `account of ${instance.id}`,
        'neither a running program nor its unit names it',
        source,
        AS_ADMINISTRATOR,
      ),
    );
  } else if (accounts !== null && account === null) {
    doubts.push(notSeen(input, `uid ${uid}`, 'no account with this number was found', source, null));
  }
  if (account !== null && accounts !== null) {
    if (groupIds === null) {
      doubts.push(
        notSeen(
          input,
          `groups of ${name}`,
          'their numbers are not known, for the table of groups (getent group) could not be read',
          source,
          'look again',
        ),
      );
    }
    doubts.push(...byGroup.doubts);
    for (const entry of entries) {
      const found = judgeEntry(input, entry, accounts);
      powers.push(...found.powers);
      doubts.push(...found.doubts);
    }
    const caller = { uid: uid ?? -1, groupIds, groupNames: namesById };
    powers.push(...powersOfPrograms(accounts.setuidPrograms, caller, source));
    for (const { path } of accounts.setuidPrograms.filter((program) => RULED_ELSEWHERE.test(program.path))) {
      if (path.endsWith('/ksu')) doubts.push(...ksuDoubts(input, path, accounts));
      else if (uid !== 0) {
        const byDoas = doasPowers(input, path, accounts, { entries, groupIds, groupNames: byGroup.names });
        powers.push(...byDoas.powers);
        doubts.push(...byDoas.doubts);
      }
    }
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
    entries,
    groupIds,
    groupNames: byGroup.names,
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
