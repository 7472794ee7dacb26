import type { AccountFact, AccountFacts } from '#shared/domain/facts/accounts.ts';
import type { Power } from './agent.ts';
import type { CheckInput } from './check.ts';
import { permitsOf, readDoas } from './doas-rules.ts';
import { AS_ADMINISTRATOR, notSeen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';

/** Places in which a doas of a package, and one that was built by hand, looks for its rules. */
const DOAS_PLACES = /^\/(etc|usr\/local\/etc)\/doas(\.conf|\.d\/[^/]+\.conf)$/;

interface Who {
  entries: readonly AccountFact[];
  groupIds: ReadonlySet<number> | null;
  groupNames: readonly string[];
}

function targetUids(target: string | null, accounts: readonly AccountFact[]): Power['uids'] {
  const uid = target === null ? 0 : (accounts.find(({ name }) => name === target)?.uid ?? 0);
  return [{ start: uid, count: 1 }];
}

/**
 * What doas gives an agent (doas.conf(5)): without a file of rules, nothing. A rule without `nopass` asks for the password of the account,
 * so it gives nothing to one in which no password can match.
 */
export function doasPowers(
  input: CheckInput,
  program: string,
  facts: AccountFacts,
  who: Who,
): { powers: Power[]; doubts: Part[] } {
  const files = facts.elevation?.doas;
  const doubt = (why: string, help: string | null = AS_ADMINISTRATOR) =>
    notSeen(input, `rules of ${program}`, why, sourceOf(input, 'accounts'), help);
  if (files === undefined)
    return {
      powers: [],
      doubts: [doubt('/etc/doas.conf is not among what was looked at', 'look at this node again')],
    };
  const known = files.filter(({ path }) => DOAS_PLACES.test(path) || path.endsWith('/doas.d'));
  const closed = known.filter(({ text }) => text === null);
  const read = known.flatMap(({ path, text }) => (text === null ? [] : [{ path, ...readDoas(text) }]));
  const names = new Set(who.entries.flatMap(({ name, uid }) => [name, String(uid)]));
  const groups = new Set([...who.groupNames, ...[...(who.groupIds ?? [])].map(String)]);
  const needsPassword = who.entries.every(({ password }) => password === 'locked');
  const powers = read.flatMap(({ path, rules }) =>
    permitsOf(rules, { names, groups })
      .filter(({ options }) => options.includes('nopass') || !needsPassword)
      .map(
        (rule): Power => ({
          uids: targetUids(rule.target, facts.accounts),
          what: rule.text,
          seen: `a rule of doas for ${who.entries[0]?.name ?? 'the account'}${rule.options.includes('nopass') ? ', without a password' : ''}`,
          source: path,
          kind: 'doas',
        }),
      ),
  );
  return {
    powers,
    doubts: [
      ...closed.map(({ path }) =>
        doubt(`${path} could not be read, or others than the administrator may change it`),
      ),
      ...read
        .filter(({ unread }) => unread.length > 0)
        .map(({ path, unread }) =>
          doubt(
            `a line of ${path} is not understood: ${unread[0]}`,
            'write that line as doas.conf(5) has it',
          ),
        ),
    ],
  };
}

/**
 * What ksu leaves open (ksu(1)): whoever stands in .k5users or .k5login of another account becomes it without its password. Where no home
 * has such a file it asks for the password of that account.
 */
export function ksuDoubts(input: CheckInput, program: string, facts: AccountFacts): Part[] {
  const { elevation } = facts;
  const source = sourceOf(input, 'accounts');
  const what = `rules of ${program}`;
  if (elevation === undefined || elevation === null)
    return [
      notSeen(
        input,
        what,
        'files .k5users and .k5login of homes are not among what was looked at',
        source,
        'look at this node again',
      ),
    ];
  if (elevation.kerberos.length > 0)
    return [
      notSeen(
        input,
        what,
        `whom ${elevation.kerberos.slice(0, 3).join(', ')} lets in is not read here`,
        source,
        `take the mark off ${program}, if nobody uses Kerberos there`,
      ),
    ];
  if (elevation.kerberosComplete) return [];
  return [
    notSeen(
      input,
      what,
      'whether a closed home has .k5users or .k5login was not seen',
      source,
      AS_ADMINISTRATOR,
    ),
  ];
}
