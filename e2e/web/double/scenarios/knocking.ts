import type { Alert, RuleInfo } from '#shared/domain/audit/alert.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { FileReadOnce } from '#shared/domain/audit/source.ts';
import { type AuditScenario, noAudit, sourceOf } from '../audit/audit-scenario.ts';
import { eveningEvents, quietEvent } from '../audit/evening-events.ts';
import { clockFrom } from '../clock.ts';
import type { Scenario } from '../scenario.ts';
import { evening } from './evening.ts';
import { hostile } from './others.ts';

const NOW = Date.UTC(2026, 10, 21, 22, 41);
const LAST = 1_204_331;

const LEAVING: RuleInfo = {
  id: '6f2c1b1e-2f0a-4b7e-9a55-0c1d5e7f9a10',
  title: 'An agent keeps trying to leave the network',
  level: 'high',
  origin: 'swarmkeep',
  story:
    'The fence stops packets from agents to the internet. One stopped packet is often a library that looks for updates. Two hundred to one address within ten minutes are somebody who wants to get out, and does not know the fence.',
  todo: 'It began the evening the plugin web_digest appeared on naru. Look at that first.',
  falsePositives: ['A tool was updated and now looks for a new version again and again.'],
  leadsTo: { kind: 'check', check: 'plugin-inventory' },
};
const RESTARTED: RuleInfo = {
  id: '0d3f7a52-7c1b-4a36-8a6e-5f0b2c9d1e77',
  title: 'mycoSwarm restarted twice',
  level: 'low',
  origin: 'swarmkeep',
  story: 'The service ended and was started again by systemd. Twice in a night is more than an update.',
  todo: 'Look at the lines before the first end. A full memory is the usual reason.',
  falsePositives: ['You restarted it yourself.'],
  leadsTo: null,
};
const FIRST_SEEN: RuleInfo = {
  id: 'built-in:first-seen-command',
  title: 'A command that was never run before',
  level: 'informational',
  origin: 'built-in',
  story: 'Agents repeat themselves. What they run for the first time is worth a glance.',
  todo: 'Read the command. If you know why it was run, resolve it.',
  falsePositives: ['A new task, a new tool.'],
  leadsTo: null,
};

const QUIET_RULES: readonly (readonly [title: string, level: RuleInfo['level'], whyNot?: string])[] = [
  ['Somebody guesses the swarm token', 'high'],
  ['A stranger announces itself as a peer', 'high'],
  ['An agent changes its own source', 'critical'],
  ['An agent writes a plugin', 'high'],
  ['Code ran without its sandbox', 'high'],
  ['A log line forges another one', 'medium'],
  ['An agent reads the swarm token', 'critical'],
  ['An agent asks for more rights', 'high', 'It asks for auditd of uncho, which nobody can read yet.'],
  ['A key of a provider stands in a log', 'high'],
  ['Somebody fails to log in again and again', 'medium'],
  ['The rules of the firewall were changed', 'high', 'No source says when rules are changed.'],
];

/** naru, miu and uncho have been watched for long; boa came yesterday. */
function learnt(now: number): AuditScenario['firstSeen'] {
  const DAY = 86_400_000;
  const at = (days: number): string => new Date(now - days * DAY).toISOString();
  const of = (node: string, days: number, counts: readonly [number, number, number, number]) =>
    (['command', 'destination', 'peer', 'plugin'] as const).flatMap((kind, index) => {
      const [since, learns] = [at(days), at(days - (index < 2 ? 3 : 1))];
      return counts[index] === 0
        ? []
        : [{ node, kind, since, learnsUntil: learns, known: counts[index] ?? 0 }];
    });
  return [
    ...of('naru', 41, [184, 37, 4, 6]),
    ...of('miu', 41, [96, 12, 4, 3]),
    ...of('uncho', 12, [31, 0, 4, 0]),
    ...of('boa', 1.3, [18, 5, 4, 1]),
  ];
}

function rulesOf(): AuditScenario['rules'] {
  const quiet = QUIET_RULES.map(([title, level, whyNot], index) => ({
    rule: {
      id: `0000000${index}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`,
      title,
      level,
      origin: 'swarmkeep' as const,
      story: 'One of the threats of the security model, said in its own words.',
      todo: 'Look at what happened just before.',
      falsePositives: [],
      leadsTo: null,
    },
    alerts30Days: 0,
    matches30Days: 0,
    canFire: whyNot === undefined,
    whyNot: whyNot ?? '',
  }));
  const loud = (rule: RuleInfo, matches: number, alerts: number) => ({
    rule,
    alerts30Days: alerts,
    matches30Days: matches,
    canFire: true,
    whyNot: '',
  });
  return [loud(LEAVING, 214, 1), loud(RESTARTED, 4, 2), loud(FIRST_SEEN, 31, 9), ...quiet];
}

function alertsOf(events: readonly AuditEvent[]): Alert[] {
  const clock = clockFrom(NOW);
  const knocks = events.filter(({ fields }) => fields.Outcome === 'stopped');
  const [first, last] = [knocks[0], knocks.at(-1)];
  return [
    {
      id: 'alert-naru-out',
      rule: LEAVING,
      node: 'naru',
      entity: '203.0.113.50',
      entityField: 'DestinationIp',
      state: 'new',
      count: knocks.length,
      firstAt: first?.at ?? clock.at(10),
      lastAt: last?.at ?? clock.now,
      firstEvent: first?.number ?? 1,
      lastEvent: last?.number ?? 1,
      silence: null,
      notes: [],
    },
    {
      id: 'alert-boa-restart',
      rule: RESTARTED,
      node: 'boa',
      entity: 'mycoswarm.service',
      entityField: 'service',
      state: 'resolved',
      count: 2,
      firstAt: clock.at(1_231),
      lastAt: clock.at(1_221),
      firstEvent: 1_150_002,
      lastEvent: 1_150_377,
      silence: null,
      notes: [{ at: clock.at(1_180), text: 'Memory was full, the model is smaller now.' }],
    },
    {
      id: 'alert-miu-first',
      rule: FIRST_SEEN,
      node: 'miu',
      entity: 'git pull --ff-only',
      entityField: 'CommandLine',
      state: 'acknowledged',
      count: 1,
      firstAt: clock.daysAgo(2),
      lastAt: clock.daysAgo(2),
      firstEvent: 1_090_120,
      lastEvent: 1_090_120,
      silence: null,
      notes: [],
    },
  ];
}

function sourcesOf(last: string): AuditScenario['sources'] {
  const firewall = {
    target: { kind: 'journal' as const, unit: null },
    format: 'journal-json' as const,
    lastEventAt: last,
  };
  return [
    sourceOf('naru-journal', 'naru', 'mycoSwarm’s journal', { lastEventAt: last, events: 511_208 }),
    sourceOf('naru-firewall', 'naru', 'firewall log', { ...firewall, events: 402_117, eventsPerSecond: 3.1 }),
    sourceOf('uncho-journal', 'uncho', 'mycoSwarm’s journal', { lastEventAt: last, events: 160_412 }),
    sourceOf('miu-journal', 'miu', 'mycoSwarm’s journal', { lastEventAt: last, events: 120_470 }),
    sourceOf('boa-journal', 'boa', 'mycoSwarm’s journal', {
      lastEventAt: new Date(NOW - 3 * 3_600_000).toISOString(),
      events: 10_124,
      eventsPerSecond: 0,
      bytesPerSecond: 0,
    }),
    sourceOf('pi-journal', 'pi', 'mycoSwarm’s journal', {
      state: 'waiting',
      trouble: 'pi does not answer. It is tried again every minute.',
      lagBytes: null,
      lastEventAt: new Date(NOW - 1_289 * 60_000).toISOString(),
      events: 0,
      eventsPerSecond: 0,
      bytesPerSecond: 0,
    }),
  ];
}

/** The house at 22:41: the findings are those of the evening, looked at again a minute ago. */
function lateHouse(name: string): Scenario {
  const base = evening();
  const clock = clockFrom(NOW);
  return {
    ...base,
    name,
    now: clock.now,
    nodes: base.nodes.map((node) => (node.name === 'pi' ? node : { ...node, lastLookAt: clock.at(1) })),
    findings: base.findings.map((finding) =>
      finding.node === 'pi' ? finding : { ...finding, observedAt: clock.at(1) },
    ),
  };
}

/** An old log that was taken in in the morning, and a large one that is being read. */
function readOnce(now: number): FileReadOnce[] {
  const base = { node: 'miu', format: 'syslog' as const, readAt: new Date(now - 36_000_000).toISOString() };
  return [
    {
      ...base,
      id: 'ingest-2',
      path: '/var/log/syslog.1',
      events: 61_000,
      reading: { bytes: 12_000_000, of: 480_000_000 },
    },
    { ...base, id: 'ingest-1', path: '/var/log/auth.log.2.gz', events: 18_204, reading: null },
  ];
}

/** 22:41: naru knocks from inside, 214 times, and is stopped each time. */
export function knocking(): Scenario {
  const events = eveningEvents(NOW, LAST);
  const first = events[0];
  return {
    ...lateHouse('knocking'),
    audit: {
      state: { eventsPerSecond: 7.4, verified: { upTo: LAST, at: new Date(NOW).toISOString() } },
      sources: sourcesOf(events.at(-1)?.at ?? new Date(NOW).toISOString()),
      gaps: [],
      events,
      older: (number) =>
        quietEvent(number, Date.parse(first?.at ?? '') - ((first?.number ?? 0) - number) * 2_150),
      alerts: alertsOf(events),
      matches: (alert, event) => alert.id === 'alert-naru-out' && event.fields.Outcome === 'stopped',
      rules: rulesOf(),
      silences: [],
      firstSeen: learnt(NOW),
      ingested: readOnce(NOW),
      searches: [
        { id: 'search-1', name: 'What was stopped', query: 'Outcome:stopped' },
        { id: 'search-2', name: 'Commands on miu', query: 'node:miu category:process_creation' },
      ],
    },
  };
}

/** The same hour on an evening on which nothing happens. */
export function quietHouse(): Scenario {
  const base = knocking();
  const { audit } = base;
  if (!audit) return base;
  const events = audit.events.filter(({ fields }) => fields.Outcome !== 'stopped');
  const first = LAST - events.length + 1;
  return {
    ...base,
    name: 'quiet-house',
    audit: {
      ...audit,
      events: events.map((event, index) => ({ ...event, number: first + index })),
      alerts: audit.alerts.filter(({ id }) => id === 'alert-boa-restart'),
    },
  };
}

/** The worker that follows has ended; what was stored is there. */
export function nobodyWatches(): Scenario {
  const base = knocking();
  if (!base.audit) return base;
  const ended = new Date(NOW - 24 * 60_000).toISOString();
  return {
    ...base,
    name: 'nobody-watches',
    audit: {
      ...base.audit,
      state: {
        watching: false,
        since: null,
        eventsPerSecond: 0,
        trouble: 'The disk of this computer is full',
      },
      alerts: [],
      sources: base.audit.sources.map((source) => ({
        ...source,
        state: 'failed' as const,
        trouble: 'Nothing can be stored: the disk is full.',
        gaps: 1,
        eventsPerSecond: 0,
        bytesPerSecond: 0,
      })),
      gaps: base.audit.sources.flatMap(({ id }) => [
        {
          source: id,
          kind: 'disk-full' as const,
          from: ended,
          to: new Date(NOW).toISOString(),
          bytes: 81_920,
          detail: 'The disk had no room from 22:17 on.',
        },
        {
          source: id,
          kind: 'not-watched' as const,
          from: new Date(NOW - 50 * 60_000).toISOString(),
          to: new Date(NOW - 41 * 60_000).toISOString(),
          bytes: null,
          detail: 'Nobody watched in this time. What the log still has of it was read afterwards.',
        },
      ]),
    },
  };
}

const HOSTILE = [
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  '\u001b[31mred\u001b[0m \u001b]0;owned\u0007 \u001b[2J',
  'invoice \u202egnp.exe \u2066isolated\u2069 \u200bzero\u200bwidth',
  '{{7*7}} #{7*7} <%= 7*7 %> javascript:alert(1)',
  'line\r\n22:41:07 | INFO | forged line\u0000end',
  '</code></span></button><h1>owned</h1>',
];

/** Logs that attack whoever reads them: markup, terminal escapes, bidi marks, forged lines, fields of a megabyte. */
export function hostileLogs(): Scenario {
  const base = hostile();
  const at = Date.parse(base.now);
  const events = Array.from({ length: 60 }, (_, index): AuditEvent => {
    const text = HOSTILE[index % HOSTILE.length] ?? '';
    return {
      ...quietEvent(index + 1, at - (60 - index) * 1_000),
      node: 'boa',
      source: 'boa-log',
      severity: index % 7 === 0 ? 'error' : null,
      message: text,
      logsource: { product: null, category: text.slice(0, 200), service: text.slice(0, 200) },
      fields: {
        [text.slice(0, 120)]: text,
        nested: [text, 7, true, null],
        __proto_: text,
        ...(index === 59 ? { large: 'A'.repeat(1_048_576), wide: `${'ö'.repeat(9_000)}<b>` } : {}),
      },
      group: text.slice(0, 200),
      raw: index === 59 ? '<x>'.repeat(20_000) : text,
      cut: index === 59 ? { bytes: 17_000_000, sha256: 'ab'.repeat(32) } : null,
    };
  });
  return {
    ...base,
    name: 'hostile-logs',
    audit: {
      ...noAudit(),
      state: { watching: true, trouble: HOSTILE[0] ?? '' },
      sources: [
        sourceOf('boa-log', 'boa', (HOSTILE[0] ?? '').slice(0, 200), {
          target: { kind: 'file', path: `/var/log/${HOSTILE.join(' ')}` },
          trouble: HOSTILE.join(' '),
        }),
      ],
      events,
      alerts: [
        {
          id: 'alert-hostile',
          rule: {
            ...LEAVING,
            id: HOSTILE[0] ?? '',
            title: HOSTILE.join(' '),
            story: HOSTILE.join('\n'),
            todo: HOSTILE.join(' '),
            falsePositives: HOSTILE,
          },
          node: 'boa',
          entity: HOSTILE[0] ?? '',
          entityField: 'CommandLine',
          state: 'new',
          count: 12,
          firstAt: new Date(at - 60_000).toISOString(),
          lastAt: base.now,
          firstEvent: 1,
          lastEvent: 60,
          silence: null,
          notes: [{ at: base.now, text: HOSTILE.join('\n') }],
        },
      ],
      matches: (_, event) => event.number % 5 === 0,
      rules: rulesOf(),
      searches: [{ id: 'search-hostile', name: HOSTILE[0] ?? '', query: 'has:nested' }],
    },
  };
}
