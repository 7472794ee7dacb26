import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { FileFact } from '#shared/domain/facts/files.ts';
import type { Verdict } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import {
  AS_ADMINISTRATOR,
  filesByPath,
  gapParts,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unitOf,
} from './knowledge.ts';
import type { Part } from './part.ts';
import { isOfPerson } from './personal.ts';
import { asRoot, undoneBy } from './steps.ts';
import { isConfined } from './unit-sandbox.ts';

/**
 * First uid of ordinary accounts, and the numbers that are nobody's (login.defs(5), systemd's UIDS-GIDS document). Accounts of
 * a directory service have numbers far above these.
 */
const FIRST_PERSON = 1_000;
const NOBODY: readonly number[] = [65_534, 65_535, 4_294_967_294, 4_294_967_295];

/** Homes of people, and of root, other than the agent's own. */
export function otherHomes(agent: Agent, accounts: readonly AccountFact[]): AccountFact[] {
  const homes = new Map<string, AccountFact>();
  for (const account of accounts) {
    const isPerson = account.uid === 0 || (account.uid >= FIRST_PERSON && !NOBODY.includes(account.uid));
    if (!isPerson || account.uid === agent.uid || account.home.length < 2) continue;
    if (account.home === agent.account?.home) continue;
    homes.set(account.home, account);
  }
  return [...homes.values()].toSorted((a, b) => (a.home < b.home ? -1 : 1));
}

/** What the mode of a home gives the agent, as three bits; null where its groups are not known. */
export function grantedTo(agent: Agent, home: NonNullable<AccountFact['homeDirectory']>): number | null {
  return agent.canBe(home.uid) ? 7 : grantedByMode(agent, home);
}

/** The same without what the agent could become. */
function grantedByMode(agent: Agent, home: NonNullable<AccountFact['homeDirectory']>): number | null {
  if (agent.groupIds === null) return (home.mode & 0o077) === 0 ? 0 : null;
  return agent.groupIds.has(home.gid) ? (home.mode >> 3) & 7 : home.mode & 7;
}

/** By which rights the agent can become an account, in brackets; empty where only numbers say so. */
function waysTo(agent: Agent, uid: number): string {
  const gives = (range: { start: number; count: number }, wanted: number) =>
    wanted >= range.start && wanted < range.start + range.count;
  const ways = agent.powers
    .filter(({ uids }) => uids.some((range) => gives(range, uid) || gives(range, 0)))
    .map(({ what, kind }) => (kind === 'sudo' ? 'sudo' : what));
  const named = [...new Set(ways)].slice(0, 3).join(', ');
  return named === '' ? '' : ` (${named})`;
}

/** What ProtectHome= covers (systemd.exec(5)); homes elsewhere stay as they are. */
const PROTECTED = ['/home', '/root', '/run/user'];

const isAtOrBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/**
 * The paths that BindPaths= and BindReadOnlyPaths= name, sources and destinations, as `systemctl show` writes them:
 * `-/source:/destination:rbind`, separated by spaces. Null when one has a character that is written with a backslash.
 */
function boundPaths(properties: Readonly<Record<string, string>>): string[] | null {
  const text = `${properties.BindPaths ?? ''} ${properties.BindReadOnlyPaths ?? ''}`;
  if (/[\\"']/.test(text)) return null;
  return text
    .split(/[\s:]+/)
    .map((word) => word.replace(/^[-+]+/, ''))
    .filter((word) => word.startsWith('/'))
    .map((word) => word.replace(/\/+$/, '') || '/');
}

/**
 * Whether the unit's ProtectHome= hides a home, as far as its settings say, and what of it a bind mount gives back. What
 * counts is where the home really lies: below /home may be a link to a folder that stays open.
 * @param home as the account has it
 * @param real where it lies after every link; null when that is not known
 * @param files every entry that was looked at, to see whether /home is a link itself, which systemd follows
 */
function hiding(
  properties: Readonly<Record<string, string>>,
  home: string,
  real: string | null,
  files: ReadonlyMap<string, FileFact>,
): { hides: Verdict['can']; except: string[] } {
  const isHidden = ['yes', 'true', 'tmpfs'].includes(properties.ProtectHome ?? '');
  if (!isHidden) return { hides: 'no', except: [] };
  if (real === null) {
    const isNamedSo = PROTECTED.some((folder) => isAtOrBelow(home, folder));
    return { hides: isNamedSo ? 'unknown' : 'no', except: [] };
  }
  const folders = PROTECTED.map((folder) => files.get(folder)?.resolved ?? folder);
  if (!folders.some((folder) => isAtOrBelow(real, folder))) return { hides: 'no', except: [] };
  const bound = boundPaths(properties);
  if (bound === null) return { hides: 'unknown', except: [] };
  const gives = (path: string, place: string) => isAtOrBelow(place, path);
  if (bound.some((path) => gives(path, home) || gives(path, real))) return { hides: 'no', except: [] };
  return {
    hides: 'yes',
    except: bound.filter((path) => isAtOrBelow(path, home) || isAtOrBelow(path, real)),
  };
}

/**
 * One part for each home of somebody else: whether the agent can look into it. `ProtectHome=` of a unit counts when the
 * running process really has a view of files of its own.
 */
export function otherHomeParts(input: CheckInput, agent: Agent): Part[] {
  const accounts = seen(input, 'accounts');
  if (accounts === null) return [];
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'accounts');
  const unit = unitOf(input, agent.instance);
  const properties = unit === null || unit === 'unseen' ? {} : unit.properties;
  const confined = isConfined(input, agent.instance);
  const files = filesByPath(input);
  return otherHomes(agent, accounts.accounts).map((account): Part => {
    const home = account.homeDirectory;
    const what = `${label}${account.home} of ${account.name}`;
    if (home === null) {
      const [late] = gapParts(input, 'accounts', (gap) => gap === `home ${account.home}`);
      if (late !== undefined) return late;
      if (files.has(account.home))
        return notSeen(input, what, 'its permissions are not known', source, AS_ADMINISTRATOR);
      return { what, seen: 'no such folder was seen', status: 'not-applicable', source };
    }
    const shown = `${what}, mode ${home.mode.toString(8).padStart(4, '0')}`;
    const granted = grantedTo(agent, home);
    if (granted === null)
      return notSeen(
        input,
        shown,
        `the groups of ${agent.name} are not known, for the table of groups (getent group) could not be read`,
        source,
        'look again',
      );
    if ((granted & 5) === 0) {
      // An access list can open what the mode keeps shut.
      if (home.acl === null)
        return notSeen(input, shown, 'its access list could not be read', source, AS_ADMINISTRATOR);
      if (home.acl) {
        return {
          what: shown,
          seen: 'closed by its mode, with an access list that may open it',
          status: 'review',
          severity: 'medium',
          source,
          headline: `The home of ${account.name} on ${input.nodeName} has an access list that may let the agent in.`,
          steps: [asRoot(input, 'Look who may enter')`getfacl -- ${account.home}`],
        };
      }
      return { what: shown, seen: `closed to ${agent.name}`, status: 'pass', source };
    }
    const { hides, except } = hiding(properties, account.home, home.resolved ?? null, files);
    const hidden = hides === 'no' || confined === 'no' ? 'no' : hides === 'yes' ? confined : 'unknown';
    if (hidden === 'yes' && !agent.canBe(0)) {
      if (except.length > 0) {
        return {
          what: `${shown}: ${except.slice(0, 8).join(', ')}`,
          seen: 'hidden from mycoSwarm by ProtectHome=, apart from what BindPaths= gives back',
          status: 'review',
          severity: 'medium',
          source: sourceOf(input, 'units'),
          headline: `The unit of mycoSwarm on ${input.nodeName} gives it a part of the home of ${account.name}.`,
        };
      }
      return {
        what: shown,
        seen: 'open by its mode, hidden from mycoSwarm by ProtectHome=',
        status: 'pass',
        source,
      };
    }
    if (hidden === 'unknown') {
      return notSeen(
        input,
        shown,
        'open by its mode; whether ProtectHome= hides it could not be seen',
        source,
        AS_ADMINISTRATOR,
      );
    }
    // No permission holds an agent that can become the owner, and a person's account is moved away from first.
    const steps =
      agent.canBe(home.uid) || isOfPerson(agent)
        ? []
        : [
            undoneBy(
              asRoot(input, `Close the home of ${account.name} to others`)`chmod go-rwx -- ${account.home}`,
              [asRoot(input, 'Back')`chmod ${home.mode.toString(8).padStart(4, '0')} -- ${account.home}`],
            ),
          ];
    if ((granted & 4) === 0) {
      return {
        what: shown,
        seen: `the account ${agent.name} cannot list it, and can open what it knows by name`,
        status: 'review',
        severity: 'low',
        source,
        headline: `The agent on ${input.nodeName} can open files in the home of ${account.name} whose names it knows.`,
        steps,
      };
    }
    const byMode = grantedByMode(agent, home);
    if (agent.uid !== home.uid && byMode !== null && (byMode & 5) === 0) {
      // What gives that right is a finding of its own, and closing this folder would change nothing.
      return {
        what: shown,
        seen: `closed by its mode; ${agent.name} gets in only by becoming ${home.uid === 0 ? 'root' : account.name}${waysTo(agent, home.uid)}`,
        status: 'review',
        severity: 'low',
        source,
        headline: `The agent on ${input.nodeName} can look into the home of ${account.name} by becoming that account.`,
      };
    }
    return {
      what: shown,
      seen: `the account ${agent.name} can look into it`,
      status: 'fix',
      severity: 'high',
      source,
      headline: `The agent on ${input.nodeName} can look into the home of ${account.name}.`,
      steps,
    };
  });
}
