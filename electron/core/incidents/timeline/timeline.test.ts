import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { type TimelineEntry, timelineQuery } from '#shared/domain/incident/timeline.ts';
import { newerFirst, type TimelineParts, timelinePage } from './timeline.ts';

const T0 = Date.parse('2026-11-23T00:00:00.000Z');
const at = (offset: number): string => new Date(T0 + offset).toISOString();

function eventAt(number: number, offset: number, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    number,
    node: 'miu',
    source: 's',
    at: at(offset),
    timeFrom: 'log',
    timeText: null,
    receivedAt: at(offset),
    logsource: { product: null, category: null, service: null },
    severity: null,
    message: `event ${number}`,
    fields: {},
    group: null,
    derived: false,
    raw: '',
    cut: null,
    ...more,
  };
}

/** Events in the order of storing, as the store gives them: newest number first, at most 500. */
function parts(events: readonly AuditEvent[], more: Partial<TimelineParts> = {}): TimelineParts {
  return {
    events: async ({ from, to, node }) => {
      const fit = events
        .filter(
          (event) =>
            Date.parse(event.at) >= from &&
            Date.parse(event.at) < to &&
            (node === null || event.node === node),
        )
        .sort((a, b) => b.number - a.number);
      return { events: fit.slice(0, 500), more: fit.length > 500 };
    },
    alerts: null,
    findings: async () => ({ changes: [], all: true }),
    activity: async () => ({ entries: [], all: true }),
    audits: async () => [],
    nodeName: (node) => node,
    ...more,
  };
}

const whole = { from: at(0), to: at(1_000_000_000) };

async function allPages(from: TimelineParts, query: object): Promise<TimelineEntry[]> {
  const found: TimelineEntry[] = [];
  let before = null;
  for (let page = 0; page < 1_000; page += 1) {
    const answer = await timelinePage(from, timelineQuery.parse({ ...whole, ...query, before }));
    found.push(...answer.entries);
    if (answer.next === null) return found;
    before = answer.next;
  }
  throw new Error('pages without end');
}

describe('the timeline', () => {
  it('brings everything once and in order, whatever the order of storing and the size of pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000_000_000 }), fc.constantFrom('miu', 'boa')), {
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 20 }),
        async (times, limit) => {
          const events = times.map(([offset, node], index) => eventAt(index + 1, offset, { node }));
          const changes = times.map(([offset, node], index) => ({
            at: at(offset),
            node,
            check: `c${index}`,
            from: 'pass',
            to: 'fix',
            summary: 'x',
          }));
          const told = await allPages(parts(events, { findings: async () => ({ changes, all: true }) }), {
            limit,
          });
          expect(told.map(({ id }) => id).length).toBe(new Set(told.map(({ id }) => id)).size);
          expect(told.length).toBe(times.length * 2);
          expect([...told].sort(newerFirst)).toEqual(told);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds the newest of very many events that arrived late', async () => {
    const events = Array.from({ length: 5_000 }, (_, index) => eventAt(index + 1, 999_000_000 - index * 7));
    const page = await timelinePage(parts(events), timelineQuery.parse({ ...whole, limit: 50 }));
    expect(page.entries.map(({ id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `event:${index + 1}`),
    );
    expect(page.unseen).toEqual([]);
  });

  it('filters by source, node and words, and tells logins apart', async () => {
    const login = {
      logsource: { product: 'linux', category: null, service: 'sshd' },
      message: 'Accepted publickey',
    };
    const events = [eventAt(1, 5), eventAt(2, 6, login), eventAt(3, 7, { node: 'boa' })];
    const ids = async (query: object) => (await allPages(parts(events), query)).map(({ id }) => id);
    expect(await ids({ sources: ['login'] })).toEqual(['event:2']);
    expect(await ids({ sources: ['event'] })).toEqual(['event:3', 'event:1']);
    expect(await ids({ nodes: ['boa'] })).toEqual(['event:3']);
    expect(await ids({ nodes: ['boa', 'miu'], search: 'ACCEPTED key' })).toEqual(['event:2']);
    expect(await ids({ from: at(6), to: at(6) })).toEqual(['event:2']);
  });

  it('says what is missing when a source fails, and goes on with the others', async () => {
    const broken = parts([eventAt(1, 5)], { audits: () => Promise.reject(new Error('no\u001b[2J')) });
    const page = await timelinePage(broken, timelineQuery.parse(whole));
    expect(page.entries).toHaveLength(1);
    expect(page.unseen).toEqual(['Nothing of audits of files is in here: no\\x1b[2J']);
  });

  it('makes it stand out that somebody took away what isolates a node', async () => {
    const entryOf = (kind: string, number: number) =>
      ({
        number,
        state: 'whole',
        sentence: `${kind} of naru`,
        record: { kind, number, at: at(number), where: { node: 'naru', name: 'naru' }, what: {} },
      }) as unknown as ActivityEntry;
    const entries = [entryOf('isolation-found-open', 2), entryOf('node-renamed', 1)];
    const page = await timelinePage(
      parts([], { activity: async () => ({ entries, all: true }) }),
      timelineQuery.parse(whole),
    );
    expect(page.entries.map(({ node, text, weight }) => [node, text, weight])).toEqual([
      ['naru', 'isolation-found-open of naru', 'notable'],
      ['naru', 'node-renamed of naru', 'quiet'],
    ]);
  });

  it('hides nothing in what a log says', async () => {
    const page = await timelinePage(
      parts([eventAt(1, 5, { message: 'a\u202eb\nc', raw: '\u0007' })]),
      timelineQuery.parse(whole),
    );
    expect(page.entries[0]).toMatchObject({ text: 'a\\u{202e}b\\nc', detail: '\\x07' });
  });
});
