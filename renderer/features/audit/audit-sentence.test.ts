import { describe, expect, it } from 'vitest';
import type { AuditState } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { auditSentence } from './audit-sentence.ts';

const NOW = Date.parse('2026-11-21T22:41:30.000Z');
const names = new Map([['naru', 'naru']]);

const state: AuditState = {
  watching: true,
  since: '2026-11-21T19:00:00.000Z',
  trouble: '',
  events: 12,
  eventsPerSecond: 1,
  verified: null,
  newAlerts: 0,
  rules: 41,
  idleRules: 0,
};

const alert: Alert = {
  id: 'a',
  rule: {
    id: 'r',
    title: 'An agent keeps trying to leave the network',
    level: 'high',
    origin: 'swarmkeep',
    story: '',
    todo: '',
    falsePositives: [],
    leadsTo: { kind: 'check', check: 'plugin-inventory' },
  },
  node: 'naru',
  entity: '203.0.113.50',
  entityField: 'DestinationIp',
  state: 'new',
  count: 214,
  firstAt: '2026-11-21T22:31:00.000Z',
  lastAt: '2026-11-21T22:41:00.000Z',
  firstEvent: 1,
  lastEvent: 2,
  silence: null,
  notes: [],
};

const source: AuditSource = {
  id: 's',
  node: 'naru',
  target: { kind: 'journal', unit: null },
  name: 'journal',
  origin: 'found',
  chosenFormat: 'auto',
  format: null,
  state: 'live',
  trouble: '',
  lagBytes: 0,
  bytesPerSecond: 0,
  eventsPerSecond: 0,
  events: 0,
  lastEventAt: null,
  silentSince: null,
  gaps: 0,
};

const brief = (more: Partial<Parameters<typeof auditSentence>[0]> = {}) =>
  auditSentence({ state, alerts: [], sources: [source], names, now: NOW, ...more });

describe('the first line of the page', () => {
  it('says what the gravest new alert says, where, how often and since when', () => {
    const low: Alert = { ...alert, id: 'b', rule: { ...alert.rule, level: 'low' }, lastAt: alert.lastAt };
    expect(brief({ alerts: [low, alert] })).toEqual({
      sentence: expect.stringMatching(
        /^An agent on naru keeps trying to leave the network, 214 times since \d\d:31\.$/,
      ),
      lead: 'One more alert waits for you.',
      next: { kind: 'check', node: 'naru', check: 'plugin-inventory', words: 'Look at the plugin' },
    });
  });

  it.each([
    ['what has no finding', { kind: 'incident' }],
    ['a check that this version cannot judge', { kind: 'check', check: 'container-hardening' }],
  ] as const)('leads to the steps by hand for %s', (_, leadsTo) => {
    const { next } = brief({ alerts: [{ ...alert, rule: { ...alert.rule, leadsTo } }] });
    expect(next).toEqual({ kind: 'alert', alert: 'a', words: 'What to do now' });
  });

  it('says of a recording that it has no logs, and leads to a node of one’s own', () => {
    const { sentence, next } = brief({ sources: [], recorded: true });
    expect([sentence, next?.kind]).toEqual(['A recording has no logs to follow.', 'add']);
  });

  it('says that nobody watches before anything else', () => {
    const dark = { ...state, watching: false, trouble: 'The disk is full.' };
    expect(brief({ state: dark, alerts: [alert] }).sentence).toBe('Nobody is watching: the disk is full.');
    expect(brief({ state: { ...dark, trouble: '' }, sources: [] }).sentence).toBe(
      'Nobody is watching: no log is followed yet.',
    );
  });

  it('never calls quiet what it cannot see', () => {
    const waiting = { ...source, state: 'waiting' as const };
    const { sentence, lead } = brief({ sources: [{ ...source, node: 'miu' }, waiting] });
    expect(sentence).toMatch(/^Nothing unusual since \d\d:00\.$/);
    expect(lead).toContain('nothing is known of');
    expect(brief({ sources: [] }).sentence).toBe('No log is followed yet, so nothing is known.');
    expect(brief({ sources: [waiting] }).sentence).toBe(
      'The one log that is followed cannot be read now, so nothing is known.',
    );
    expect(brief({ sources: [waiting, waiting] }).sentence).toBe(
      'None of two logs can be read now, so nothing is known.',
    );
    expect(brief({ sources: [{ ...source, state: 'failed' }] }).next).toEqual({
      kind: 'sources',
      words: 'Show the sources',
    });
  });

  it('counts quiet from the last alert that is done with', () => {
    const done = { ...alert, state: 'resolved' as const };
    expect(brief({ alerts: [done] }).sentence).toMatch(/since \d\d:41\.$/);
  });
});
