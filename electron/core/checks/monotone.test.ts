import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import { type Facts, type SubjectName, subjects } from '#shared/domain/facts/facts.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { CHECKS_OF_LOGS } from './log-evidence.ts';
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

/** A copy along the path only: what lies beside it stays the very same, and what checks keep about it stays warm. */
function withNull(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return null;
  if (value === null || typeof value !== 'object' || !(key in value)) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[key] = withNull(copy[key], rest);
  return copy;
}

function setNull(facts: Facts, path: Path): Facts {
  return { ...facts, subjects: withNull(facts.subjects, path) as Facts['subjects'] };
}

/** The checks that look at a subject at all: a look at the others for a change in it would only cost time. */
function readersOf(facts: Facts): ReadonlyMap<SubjectName, CheckId[]> {
  const readers = new Map<SubjectName, CheckId[]>();
  for (const check of CHECK_IDS) {
    const read = new Set<SubjectName>();
    const watched = new Proxy(facts.subjects, {
      get(target, name) {
        read.add(name as SubjectName);
        return target[name as SubjectName];
      },
    });
    runChecks(inputFor({ ...facts, subjects: watched }), { only: [check] });
    for (const subject of read) readers.set(subject, [...(readers.get(subject) ?? []), check]);
  }
  return readers;
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
    readers: readersOf(facts),
  }));

  it('asks every check that reads a subject', () => {
    const [stock] = nodes;
    expect([...(stock?.readers.keys() ?? [])].toSorted()).toEqual(
      Object.keys(stockNode().subjects).toSorted(),
    );
    expect(new Set([...(stock?.readers.values() ?? [])].flat()).size).toBe(
      // What is told by logs reads no subject of a node with mycoSwarm.
      stock?.before.filter(({ lacking, check }) => !lacking && !CHECKS_OF_LOGS.includes(check)).length,
    );
  });

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
        const touched = [...hidden, ...nulled.map((path) => path[0] as SubjectName)];
        const only = touched.flatMap((subject) => node.readers.get(subject) ?? []);
        const after = runChecks(inputFor(facts), { only });
        const wrong = after
          .map((entry) => ({
            check: entry.check,
            before: node.before.find(({ check }) => check === entry.check)?.status ?? 'unknown',
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
        ...node.fields.map((path) => ({
          what: path.join('.'),
          subject: path[0] as SubjectName,
          facts: setNull(node.facts, path),
        })),
        ...(Object.keys(node.facts.subjects) as SubjectName[]).map((subject) => ({
          what: subject,
          subject,
          facts: withoutSubject(node.facts, subject),
        })),
      ];
      const wrong = less.flatMap(({ what, subject, facts }) =>
        runChecks(inputFor(facts), { only: node.readers.get(subject) ?? [] }).flatMap((entry) => {
          const before = node.before.find(({ check }) => check === entry.check)?.status ?? 'unknown';
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
