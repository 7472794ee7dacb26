import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Facts, type SubjectName, subjects } from '#shared/domain/facts/facts.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import { changed, inputFor, listening, networkInterface, withoutSubject } from './testing/facts-builder.ts';
import { fiveLines, nftRules } from './testing/firewall-facts.ts';
import { hardenedNode, plainNode } from './testing/hardened-node.ts';
import { stockNode } from './testing/stock-node.ts';

type Path = readonly (string | number)[];

/**
 * Fields where null says "there is none" and not "could not be seen": taking them away changes the node and not what is
 * known of it.
 */
const ABSENCE =
  /\.(master|toolCallLog|service|source|target|interface|unit|directUrl|remoteHost|host|origins|manager|instance|capabilities|homeDirectory|path|socket|virtualization|gateway|processName|user|unattended|version|pythonVersion)$/;

function leaves(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, entry]) =>
      leaves(entry, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function setNull(facts: Facts, path: Path): Facts {
  const copy = structuredClone(facts);
  let at: Record<string | number, unknown> = copy.subjects as unknown as Record<string, unknown>;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    if (next === null || typeof next !== 'object') return copy;
    at = next as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined && last in at) at[last] = null;
  return copy;
}

/** Every field that the schema lets be unknown. */
function forgettable(facts: Facts): Path[] {
  return leaves(facts.subjects).filter((path) => {
    const subject = path[0] as SubjectName;
    if (path[1] !== 'value' || ABSENCE.test(`.${path.join('.')}`)) return false;
    return subjects.shape[subject].safeParse(setNull(facts, path).subjects[subject]).success;
  });
}

/** How bad a status is; `unknown` stands outside, for it claims nothing. */
const RANK: Readonly<Record<FindingStatus, number>> = {
  'not-applicable': 0,
  pass: 0,
  waived: 0,
  unknown: -1,
  review: 1,
  fix: 2,
};

function mayBecome(before: FindingStatus, after: FindingStatus): boolean {
  if (after === 'unknown') return true;
  if (before === 'unknown') return false;
  if (RANK[after] === 0) return RANK[before] === 0;
  return RANK[after] <= RANK[before];
}

const mixed = () => {
  const node = changed(hardenedNode(), 'interfaces', (value) => {
    value.interfaces.push(networkInterface('tailscale0', 'vpn', ['100.92.14.7/32']));
  });
  return changed(node, 'sandbox', (value) => {
    for (const entry of value.instances) entry.unshare = 'refused';
  });
};

/** Rules that hold a part, relays of every kind, a public address behind rules, and a file that is loaded at boot. */
const ruled = () => {
  let node = changed(hardenedNode(), 'firewall', (value) => {
    Object.assign(value, fiveLines(), { boot: value.boot });
  });
  node = changed(node, 'sockets', (value) => {
    value.listening.push(
      listening('127.0.0.53', 53, 991, { protocol: 'udp', processName: 'systemd-resolve' }),
      listening('127.0.0.1', 3_128, 13, { processName: 'squid' }),
      listening('0.0.0.0', 25, 101, { processName: 'exim4' }),
    );
  });
  return changed(node, 'interfaces', (value) => {
    value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24']));
  });
};

/** Every stranger stopped at a public address, and nothing else to say. */
const guarded = () => {
  const node = changed(hardenedNode(), 'firewall', (value) => {
    const input = JSON.parse(nftRules([], { hook: 'input', policy: 'drop', table: 'guard' }));
    const all = JSON.parse(value.nftJson ?? '');
    all.nftables.push(...input.nftables.slice(1));
    value.nftJson = JSON.stringify(all);
  });
  return changed(node, 'interfaces', (value) => {
    value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24']));
  });
};

describe('knowing less', () => {
  const nodes = [stockNode(), hardenedNode(), plainNode(), mixed(), ruled(), guarded()].map((facts) => ({
    facts,
    fields: forgettable(facts),
    before: runChecks(inputFor(facts)),
  }));

  it('finds fields that can be unknown', () => {
    for (const { fields } of nodes) expect(fields.length).toBeGreaterThan(40);
  });

  it('never turns red into green, nor green into red', () => {
    const names = Object.keys(stockNode().subjects) as SubjectName[];
    const scenario = fc.constantFrom(...nodes).chain((node) =>
      fc.record({
        node: fc.constant(node),
        hidden: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
        nulled: fc.uniqueArray(fc.constantFrom(...node.fields), { maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ node, hidden, nulled }) => {
        let facts = node.facts;
        for (const path of nulled) facts = setNull(facts, path);
        for (const subject of hidden) facts = withoutSubject(facts, subject);
        const after = runChecks(inputFor(facts));
        const wrong = after
          .map((entry, index) => ({
            check: entry.check,
            before: node.before[index]?.status ?? 'unknown',
            after: entry.status,
            fault: entry.summary.includes('fault of Swarmkeep'),
          }))
          .filter((entry) => entry.fault || !mayBecome(entry.before, entry.after));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 180_000);

  it('holds for every single field and every single subject', () => {
    for (const node of nodes) {
      const less = [
        ...node.fields.map((path) => ({ what: path.join('.'), facts: setNull(node.facts, path) })),
        ...(Object.keys(node.facts.subjects) as SubjectName[]).map((subject) => ({
          what: subject,
          facts: withoutSubject(node.facts, subject),
        })),
      ];
      const wrong = less.flatMap(({ what, facts }) =>
        runChecks(inputFor(facts)).flatMap((entry, index) => {
          const before = node.before[index]?.status ?? 'unknown';
          return mayBecome(before, entry.status)
            ? []
            : [
                `${facts.node.name} without ${what}: ${entry.check} ${before} → ${entry.status}: ${entry.summary}`,
              ];
        }),
      );
      expect(wrong).toEqual([]);
    }
  }, 180_000);

  it('says nothing good of a node of which nothing was seen', () => {
    for (const node of nodes) {
      let facts = node.facts;
      for (const subject of Object.keys(facts.subjects) as SubjectName[])
        facts = withoutSubject(facts, subject);
      const good = runChecks(inputFor(facts)).filter((entry) => RANK[entry.status] === 0);
      expect(good.map((entry) => entry.check)).toEqual([]);
    }
  });
});
