import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { groupOf, groupWord } from '#shared/domain/counting.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { NodeCredentials } from '#shared/domain/incident/credentials.ts';
import type { EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import type { FollowUp } from '#shared/domain/incident/follow-up.ts';
import type { Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import { named, PLAYBOOKS, stepOf } from '#shared/domain/incident/playbook.ts';
import type { TimelineEntry } from '#shared/domain/incident/timeline.ts';
import type { WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import { capital, counted, sentence } from '#shared/domain/words.ts';
import type { Block, Cell, ReportDocument } from './report-blocks.ts';
import { evidenceBlocks, filesBlocks, isolationBlocks } from './seen-blocks.ts';
import { duration, timesOf } from './times-of.ts';
import { utc } from './utc.ts';

/** What a report is made of: the journal of the incident, and what was kept of what it led to. */
export interface IncidentReportInput {
  /** Of this console. */
  version: string;
  createdAt: string;
  incident: Incident;
  /** Oldest first. */
  entries: readonly IncidentEntry[];
  /** Oldest first, from the first sign on. */
  timeline: readonly TimelineEntry[];
  /** What the timeline is known to lack. */
  unseen: readonly string[];
  evidence: readonly EvidenceSummary[];
  isolations: readonly Isolation[];
  audits: readonly WorkspaceAudit[];
  credentials: NodeCredentials | null;
  /** Of the node of the incident as it is now, worst first. */
  findings: readonly TrackedFinding[];
  followUps: readonly FollowUp[];
}

/** Lines of the timeline in a report for people; the CSV has all of them. */
const MOST_LINES = 300;

const PARTS = {
  detect: 'First sign to noticed',
  contain: 'Noticed to contained',
  recover: 'Noticed to recovered',
} as const;

const STATES = {
  'not-begun': 'not done',
  'under-way': 'under way',
  done: 'done',
  skipped: 'left out',
  failed: 'did not work',
} as const;

const PROOFS = { proven: 'seen by the console', part: 'seen in part', said: 'a person says so' } as const;

/** What a person decided or wrote down, as the report calls it. */
const DECIDED: Readonly<Partial<Record<IncidentEntry['kind'], string>>> = {
  decision: 'Decision',
  note: 'Note',
  'false-alarm': 'A false alarm',
  'let-in': 'Let in although the gate is shut',
};

const heading = (text: string): Block => ({ kind: 'heading', text });
const text = (words: string): Block => ({ kind: 'text', text: words });

/**
 * The report of an incident writes itself from what was recorded; nothing in it is made up, and what is not proven says so.
 * Its parts are those of NIST SP 800-61r3 and of its forerunner's section on lessons learned.
 */
export function reportOf(input: IncidentReportInput): ReportDocument {
  const { incident } = input;
  return {
    title: `Incident ${incident.number}: ${PLAYBOOKS[incident.kind].title}, ${incident.name}`,
    footer: `Swarmkeep ${input.version}, ${utc(input.createdAt)}. Times are UTC. Every step of this incident is an event of the ledger of this console, which swarmkeep verify proves.`,
    blocks: [
      ...whatHappened(input),
      ...howLong(incident),
      ...steps(incident),
      ...decisions(input.entries),
      ...isolationBlocks(input.isolations),
      ...timeline(input),
      ...evidenceBlocks(input.evidence),
      ...filesBlocks(input.audits),
      ...credentials(input),
      ...failedChecks(input.findings),
      ...changes(input.followUps),
    ],
  };
}

function whatHappened({ incident, createdAt }: IncidentReportInput): Block[] {
  const { kind, seen, since, openedAt, openedBy, closedAt, closing } = incident;
  const end =
    closedAt === null
      ? `It is still open: this is how it stood on ${utc(createdAt)}.`
      : `It was closed on ${utc(closedAt)}. ${sentence(closing)}`;
  const { falseAlarm } = incident;
  return [
    ...(falseAlarm === null
      ? []
      : [
          text(
            `It was a false alarm: ${sentence(falseAlarm.words)} ${falseAlarm.who} said so on ${utc(falseAlarm.at)}.`,
          ),
        ]),
    text(`${PLAYBOOKS[kind].when} ${seen === '' ? '' : `What was seen: ${sentence(seen)}`}`.trim()),
    text(
      `The first known sign was on ${utc(since)}. ${openedBy} opened the incident on ${utc(openedAt)}. ${end}`,
    ),
  ];
}

function howLong(incident: Incident): Block[] {
  const rows = timesOf(incident).map(({ part, from, to, tookMs, proven }) => [
    PARTS[part],
    tookMs === null ? 'not over' : duration(tookMs),
    utc(from),
    to === null ? '' : utc(to),
    proven === null || part === 'detect' ? '' : proven ? PROOFS.proven : 'not seen by the console',
  ]);
  return [
    heading('How long it took'),
    { kind: 'table', head: ['', 'Time', 'From', 'To', 'How the end is known'], rows },
  ];
}

function steps(incident: Incident): Block[] {
  const rows = incident.steps.map(({ step, phase, state, endedAt, proof, words }): Cell[] => [
    capital(phase),
    named(stepOf(incident.kind, step).title, incident.name),
    STATES[state],
    endedAt === null ? '' : utc(endedAt),
    proof === null ? '' : PROOFS[proof],
    words,
  ]);
  const head = ['Phase', 'Step', 'State', 'When', 'How it is known', 'What is known'];
  return [heading('What was done'), { kind: 'table', head, rows }];
}

function decisions(entries: readonly IncidentEntry[]): Block[] {
  const told = entries.filter(({ kind }) => DECIDED[kind] !== undefined);
  if (told.length === 0) return [];
  const rows = told.map(({ at, who, kind, text: words }) => [utc(at), who, DECIDED[kind] ?? '', words]);
  return [heading('Decisions and notes'), { kind: 'table', head: ['When', 'Who', '', 'What'], rows }];
}

function timeline({ incident, timeline: all, unseen }: IncidentReportInput): Block[] {
  const pins = new Map(incident.pins.map((pin) => [pin.item, pin]));
  const known = new Set(all.map(({ id }) => id));
  const told = all.filter(({ id, weight }) => pins.has(id) || weight !== 'quiet');
  // What was marked is never the part that is left out.
  const room = new Set(
    [...told.filter(({ id }) => pins.has(id)), ...told.filter(({ id }) => !pins.has(id))].slice(
      0,
      MOST_LINES,
    ),
  );
  const rows = [
    ...told
      .filter((entry) => room.has(entry))
      .map(({ id, at, nodeName, text: words }): { at: string; row: Cell[] } => ({
        at,
        row: [
          utc(at),
          pins.has(id) ? 'marked' : '',
          nodeName ?? '',
          { mono: words },
          pins.get(id)?.note ?? '',
        ],
      })),
    // Its log may be gone; what was marked was kept with its words.
    ...incident.pins
      .filter(({ item }) => !known.has(item))
      .map(({ at, title, note }) => ({ at, row: [utc(at), 'marked', '', { mono: title }, note] })),
  ]
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .map(({ row }) => row);
  const left = told.length - room.size;
  return [
    heading('Timeline'),
    rows.length === 0
      ? text('Nothing of weight is on the timeline, and nothing was marked.')
      : { kind: 'table', head: ['When', '', 'Node', 'What', 'Note'], rows },
    ...(left > 0
      ? [
          text(
            `${capital(counted(left, 'more entry', 'more entries'))} of weight ${left === 1 ? 'is' : 'are'} in the timeline as CSV only.`,
          ),
        ]
      : []),
    ...(unseen.length > 0
      ? [text('What the timeline lacks:'), { kind: 'list' as const, items: unseen }]
      : []),
  ];
}

function credentials({ incident, credentials: read }: IncidentReportInput): Block[] {
  if (read === null && incident.credentials.length === 0) return [];
  const ended = new Map(incident.credentials.map((one) => [one.credential, one]));
  const known = read?.credentials ?? [];
  const rows: Cell[][] = known.map(({ id, title, name, place }) => {
    const tick = ended.get(id);
    return [
      title,
      { mono: name },
      { mono: place },
      tick === undefined ? 'not ended' : `ended ${utc(tick.at)}, ${tick.who}`,
    ];
  });
  for (const { credential, name, at, who } of incident.credentials) {
    if (!known.some(({ id }) => id === credential)) rows.push([name, '', '', `ended ${utc(at)}, ${who}`]);
  }
  const open = known.filter(({ id }) => !ended.has(id)).length;
  return [
    heading('Keys that could be read'),
    ...(open > 0
      ? [
          text(
            `${capital(counted(open, 'key'))} ${open === 1 ? 'is' : 'are'} not ended: whoever read ${open === 1 ? 'it' : 'them'} can still use ${open === 1 ? 'it' : 'them'}.`,
          ),
        ]
      : []),
    { kind: 'table', head: ['Key', 'Name', 'Where it was', 'State'], rows },
    ...(read !== null && read.unseen.length > 0
      ? [
          text('There may be more, for this could not be looked at:'),
          { kind: 'list' as const, items: read.unseen },
        ]
      : []),
  ];
}

function failedChecks(findings: readonly TrackedFinding[]): Block[] {
  const failed = findings.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  if (failed.length === 0) return [];
  const rows = failed.map((finding) => [
    capital(groupWord(groupOf([finding]))),
    catalogueEntry(finding.check).title,
    finding.summary,
    utc(finding.since),
  ]);
  return [
    heading('Checks that are not fine now'),
    { kind: 'table', head: ['', 'Control', 'What was found', 'Since'], rows },
  ];
}

function changes(followUps: readonly FollowUp[]): Block[] {
  const head = heading('What will change');
  if (followUps.length === 0) return [head, text('Nothing was written down yet that is to change.')];
  const rows = followUps.map(({ words, check, owner, due, doneAt }) => [
    words,
    check === null ? '' : catalogueEntry(check).title,
    owner === '' ? 'nobody named' : owner,
    due ?? 'no day set',
    doneAt === null ? 'open' : `done ${utc(doneAt)}`,
  ]);
  return [head, { kind: 'table', head: ['Change', 'Control', 'Who', 'By', 'State'], rows }];
}
