import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { WORST_FIRST } from '#shared/domain/level.ts';
import { openDatabase } from '../open-database.ts';
import { createOperations, type StoreOperations } from '../store.ts';
import { exampleLook, exampleNode, exampleSeen } from '../testing/example-findings.ts';
import { KEPT } from './retention.ts';

const CHECK = 'service-bindings';
let folder: string;
let database: Database;
let store: StoreOperations;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-history-'));
  database = openDatabase(folder, new Date());
  store = createOperations(database);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the operator and the node can do to one check, in any order. */
type Act =
  | { kind: 'look'; status: FindingStatus; evidence: string }
  | { kind: 'waive'; hours: number }
  | { kind: 'withdraw' }
  | { kind: 'wait'; hours: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      status: fc.constantFrom<FindingStatus>('fix', 'review', 'unknown', 'pass'),
      evidence: fc.constantFrom('a', 'b'),
    }),
  },
  fc.record({ kind: fc.constant('waive' as const), hours: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('withdraw' as const) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 40 }) }),
);

/** The slow and obvious twin: keeps every status that ever counted, and works everything out of the list. */
function twin() {
  const log: { at: string; status: FindingStatus; underneath: FindingStatus; evidence: string }[] = [];
  let seen: { status: FindingStatus; evidence: string } | null = null;
  let waiver: { until: string; key: string } | null = null;
  const key = () => `${seen?.status}${seen?.evidence}`;
  const note = (at: string) => {
    if (!seen) return;
    const { status: underneath, evidence } = seen;
    log.push({ at, status: waiver ? 'waived' : underneath, underneath, evidence });
  };
  return {
    settle(at: string) {
      if (!waiver || waiver.until > at) return;
      waiver = null;
      note(at);
    },
    look(at: string, status: FindingStatus, evidence: string) {
      seen = { status, evidence };
      if (waiver && (waiver.until <= at || waiver.key !== key())) waiver = null;
      note(at);
    },
    waive(at: string, until: string) {
      if (!seen) return;
      waiver = { until, key: key() };
      note(at);
    },
    withdraw(at: string) {
      if (!waiver) return;
      waiver = null;
      note(at);
    },
    result() {
      const isInside = (index: number) => {
        const [entry, former] = [log[index], log[index - 1]];
        const waits = entry?.underneath === 'fix' || entry?.underneath === 'review';
        return waits && entry.underneath === former?.underneath && entry.evidence !== former.evidence;
      };
      const changes = log.flatMap((entry, index) =>
        entry.status !== log[index - 1]?.status || isInside(index)
          ? [{ at: entry.at, status: entry.status, inside: isInside(index) }]
          : [],
      );
      const begin = log.findLastIndex((entry, index) => entry.underneath !== log[index - 1]?.underneath);
      const before = log[begin - 1];
      const days = [...new Set(log.map((entry) => entry.at.slice(0, 10)))].sort().map((day) => {
        const ofDay = log.filter((entry) => entry.at.startsWith(day)).map((entry) => entry.status);
        return { day, status: WORST_FIRST.find((status) => ofDay.includes(status)) };
      });
      return {
        changes,
        days,
        status: log.at(-1)?.status,
        since: log[begin]?.at,
        before: before ? { status: before.status, until: before.at } : null,
      };
    },
  };
}

function play(node: string, acts: readonly Act[]) {
  const slow = twin();
  let now = Date.parse('2026-11-01T06:00:00.000Z');
  const moment = () => ({ at: new Date(now).toISOString(), day: new Date(now).toISOString().slice(0, 10) });
  for (const [index, one] of acts.entries()) {
    now += (one.kind === 'wait' ? one.hours : 1) * 3_600_000;
    const { at } = moment();
    slow.settle(at);
    store.settleWaivers({ moment: moment() });
    if (one.kind === 'look') {
      slow.look(at, one.status, one.evidence);
      store.recordLook(exampleLook(node, at, [exampleSeen(CHECK, one.status, one.evidence)]));
    } else if (one.kind === 'waive') {
      const until = new Date(now + one.hours * 3_600_000).toISOString();
      const evidenceHash = store.evidenceHash({ node, check: CHECK });
      slow.waive(at, until);
      if (evidenceHash === null) continue;
      const id = `${node}-${index}`;
      const waiver = {
        id,
        node,
        check: CHECK,
        reason: 'why',
        createdAt: at,
        until,
        evidenceHash,
        ended: null,
      } as const;
      store.addWaiver({ waiver, moment: moment() });
    } else if (one.kind === 'withdraw') {
      slow.withdraw(at);
      const open = store.waivers({ node }).find((entry) => entry.ended === null);
      if (open) store.withdrawWaiver({ id: open.id, moment: moment() });
    }
  }
  return slow.result();
}

describe('the history in the records', () => {
  it('is what the slow twin says, over any looks, accepted risks and waiting', () => {
    let number = 0;
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
        number += 1;
        const node = `node-${number}`;
        store.addNode({ node: exampleNode(node), hostKeys: [] });
        const expected = play(node, acts);
        const written = store.history({ node, check: CHECK, fromDay: '2026-01-01' });
        const isInside = (summary: string) => summary.includes('Now also');
        expect(
          written.changes.map(({ at, status, summary }) => ({ at, status, inside: isInside(summary) })),
        ).toEqual(expected.changes);
        expect(written.days).toEqual(expected.days);
        const [found] = store.findings({ node, check: CHECK });
        expect(found?.status).toBe(expected.status);
        expect(found?.since).toBe(expected.since);
        expect(found?.before ?? null).toEqual(expected.before);
        const inside = expected.changes.at(-1)?.inside ? expected.changes.at(-1)?.at : undefined;
        expect(found?.changed?.at).toBe(inside);
        expect(found?.waiver !== null && found !== undefined).toBe(expected.status === 'waived');
      }),
      { numRuns: 60 },
    );
  });

  it('is bounded by count, and a clock that once ran far ahead makes nothing be forgotten', () => {
    store.addNode({ node: exampleNode('miu'), hostKeys: [] });
    const start = Date.parse('2025-01-01T12:00:00.000Z');
    database.pragma('synchronous = OFF');
    for (let day = 0; day < KEPT.days + 20; day += 1) {
      const at = new Date(start + day * 86_400_000).toISOString();
      store.recordLook(exampleLook('miu', at, [exampleSeen(CHECK, day % 2 ? 'fix' : 'pass')]));
    }
    const rows = () => store.history({ node: 'miu', check: CHECK, fromDay: '0000-01-01' });
    expect(rows().days).toHaveLength(KEPT.days);
    store.recordLook(exampleLook('miu', '2040-06-01T12:00:00.000Z', [exampleSeen(CHECK, 'fix')]));
    expect(rows().days).toHaveLength(KEPT.days);
    expect(rows().days.at(-1)?.day).toBe('2040-06-01');
    expect(rows().days.at(-2)?.day).toBe('2026-02-20');
  });

  it('keeps the newest notices only', () => {
    database.pragma('synchronous = OFF');
    for (let number = 0; number < KEPT.notices + 20; number += 1) {
      store.addNotice({ notice: { at: '2026-11-21T19:20:00.000Z', node: null, sentence: String(number) } });
    }
    const kept = store.notices({ limit: 5_000 });
    expect(kept).toHaveLength(KEPT.notices);
    expect(kept[0]?.sentence).toBe(String(KEPT.notices + 19));
  });

  it('shows a finding that it cannot read as unknown, and the others as ever', () => {
    store.addNode({ node: exampleNode('miu'), hostKeys: [] });
    const findings = [exampleSeen(CHECK, 'pass'), exampleSeen('time-sync', 'pass')];
    store.recordLook(exampleLook('miu', '2026-11-21T19:20:00.000Z', findings));
    database
      .prepare('UPDATE finding SET body = \'{"check":"service-bindings"}\' WHERE check_id = ?')
      .run(CHECK);
    const read = store.findings({ node: null, check: null });
    expect(read.find((finding) => finding.check === 'time-sync')?.status).toBe('pass');
    expect(read.find((finding) => finding.check === CHECK)).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('cannot be read'),
    });
  });
});
