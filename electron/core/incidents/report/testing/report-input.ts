import { randomUUID } from 'node:crypto';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { freshSteps } from '#shared/domain/incident/playbook.ts';
import { NOTHING_REBUILT } from '#shared/domain/incident/rebuild-state.ts';
import type { TimelineEntry } from '#shared/domain/incident/timeline.ts';
import type { IncidentReportInput } from '../report-of.ts';

const SHA = 'a'.repeat(64);
export const OPENED = '2026-11-20T10:00:00.000Z';

/** @returns an incident about naru: opened, not yet dealt with */
export function anIncident(fields: Partial<Incident> = {}): Incident {
  return {
    id: 'c'.repeat(32),
    number: 3,
    kind: 'exfiltration',
    node: null,
    name: 'naru',
    address: '',
    origin: { kind: 'by-hand' },
    seen: 'it sent a file to 198.51.100.9',
    since: '2026-11-20T09:12:30.000Z',
    openedAt: OPENED,
    openedBy: 'andy',
    closedAt: null,
    closing: '',
    revision: 1,
    steps: freshSteps('exfiltration', true),
    pins: [],
    credentials: [],
    followUps: [],
    rebuild: NOTHING_REBUILT,
    falseAlarm: null,
    touchedAt: OPENED,
    ...fields,
  };
}

/** @returns an entry of the timeline, one minute after the one before */
export function anEntry(number: number, fields: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id: `event-${number}`,
    at: new Date(Date.parse(OPENED) + number * 60_000).toISOString(),
    source: 'event',
    node: null,
    nodeName: 'naru',
    text: `line ${number}`,
    detail: '',
    weight: 'notable',
    ...fields,
  };
}

/** @returns a report's input in which every text that a machine or a person can write is this one */
export function everyText(text: string): IncidentReportInput {
  const node = randomUUID();
  const incident = anIncident({
    name: text || 'x',
    seen: text,
    openedBy: text,
    closedAt: OPENED,
    closing: text,
    steps: freshSteps('exfiltration', true).map((step) => ({ ...step, state: 'skipped', words: text })),
    pins: [
      { item: 'event-1', title: text, at: OPENED, who: text, note: text },
      { item: 'gone', title: text, at: OPENED, who: text, note: text },
    ],
    credentials: [{ credential: 'gone', name: text, at: OPENED, who: text, note: text }],
  });
  return {
    version: '0.1.0',
    createdAt: OPENED,
    incident,
    entries: [{ entry: 1, at: OPENED, who: text, kind: 'decision', step: null, text }],
    timeline: [anEntry(1, { text, detail: text, nodeName: text })],
    unseen: [text],
    evidence: [
      {
        id: 'evidence-1',
        incident: incident.id,
        node,
        nodeName: text,
        takenAt: OPENED,
        endedAt: OPENED,
        privilege: 'root',
        archive: `/home/andy/${text}.tar.zst`,
        bytes: 1,
        sha256: SHA,
        manifestSha256: SHA,
        pieces: [
          {
            subject: 'logs',
            origin: text,
            outcome: 'cut',
            why: text,
            name: null,
            bytes: 0,
            sha256AtSource: null,
            sha256Received: null,
            sha256: null,
            sealed: 0,
            takenAt: OPENED,
          },
        ],
        sealed: 0,
        secretsKept: 'none',
        partial: false,
        sentence: text,
      },
    ],
    isolations: [],
    audits: [
      {
        node,
        nodeName: text,
        at: OPENED,
        against: { kind: 'since', since: OPENED },
        privilege: 'root',
        files: 1,
        tookMs: 1,
        changes: [
          {
            path: text,
            deeds: ['created'],
            importance: 'plugin',
            before: null,
            now: null,
            forged: false,
            why: text,
          },
        ],
        total: 5,
        unseen: [text],
        sentence: text,
      },
    ],
    credentials: {
      node,
      nodeName: text,
      at: OPENED,
      privilege: 'root',
      credentials: [
        {
          id: 'a'.repeat(24),
          kind: 'git',
          title: text,
          name: text,
          place: text,
          reach: 'readable',
          revoke: text,
          revokeAt: null,
        },
      ],
      unseen: [text],
      sentence: text,
    },
    findings: [],
    followUps: [
      { number: 1, words: text, check: null, owner: text, due: null, at: OPENED, who: text, doneAt: null },
    ],
  };
}
