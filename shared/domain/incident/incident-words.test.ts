import { describe, expect, it } from 'vitest';
import { NOTHING_REBUILT } from '#shared/domain/incident/rebuild-state.ts';
import type { Incident, IncidentStep } from './incident.ts';
import { incidentHeadline, nextStep, PHASE_WORDS, phasesOf, stepText } from './incident-words.ts';
import type { Isolation } from './isolation.ts';
import { freshSteps } from './playbook.ts';

const AT = '2026-11-22T23:04:00.000Z';

function caseWith(steps: Record<string, Partial<IncidentStep>>, fields: Partial<Incident> = {}): Incident {
  const kind = fields.kind ?? 'exfiltration';
  return {
    id: 'c'.repeat(32),
    number: 3,
    kind,
    node: 'naru',
    name: 'naru',
    address: '',
    origin: { kind: 'by-hand' },
    seen: 'seen',
    since: AT,
    openedAt: AT,
    openedBy: 'ana',
    closedAt: null,
    closing: '',
    revision: 1,
    pins: [],
    credentials: [],
    followUps: [],
    rebuild: NOTHING_REBUILT,
    falseAlarm: null,
    touchedAt: AT,
    ...fields,
    steps: freshSteps(kind, true).map((step) => ({ ...step, ...steps[step.step] })),
  };
}

const held = (fields: Partial<Isolation> = {}): Isolation => ({
  id: 'a'.repeat(32),
  scope: 'node',
  startedAt: AT,
  endedAt: null,
  isBusy: false,
  sentence: 'naru is contained by its peers, not confirmed.',
  nodes: [],
  ...fields,
});
const done = (proof: IncidentStep['proof'] = 'proven'): Partial<IncidentStep> => ({
  state: 'done',
  proof,
  run: 'a'.repeat(32),
});

describe('the sentence of an incident', () => {
  it.each([
    ['nothing was done', caseWith({}), null, 'Nothing keeps naru from going on yet.'],
    ['a device is gone', caseWith({}, { kind: 'lost-device' }), null, 'naru is not kept out yet.'],
    [
      'it was ordered and nobody answered',
      caseWith({ isolate: { state: 'under-way', run: 'a'.repeat(32) } }),
      null,
      'naru is being shut off. Nothing is known to hold it yet.',
    ],
    ['it failed', caseWith({ isolate: { state: 'failed' } }), null, 'naru could not be shut off.'],
    [
      'peers hold it',
      caseWith({ isolate: done('part') }),
      held(),
      'naru is contained by its peers, not confirmed.',
    ],
    [
      'another isolation says nothing of this one',
      caseWith({ isolate: done() }),
      held({ id: 'b'.repeat(32) }),
      'The incident goes on.',
    ],
    [
      'nothing is known of what holds it',
      caseWith({ isolate: done() }),
      null,
      'naru was shut off; whether that still holds is not known.',
    ],
    [
      'it was released',
      caseWith({ isolate: done(), release: done() }),
      held({ endedAt: AT }),
      'naru is open again. The incident is not closed yet.',
    ],
    [
      'a release that a person tells of is not proven',
      caseWith({ isolate: done(), release: done('said') }),
      null,
      'naru was shut off; whether that still holds is not known.',
    ],
    ['it is closed', caseWith({}, { closedAt: AT }), held(), 'The incident about naru is closed.'],
    [
      'the stolen secret is in force',
      caseWith({ isolate: { state: 'skipped' } }, { kind: 'stolen-secret' }),
      null,
      'The secret that is known to others still opens the swarm.',
    ],
  ])('says no more than is proven when %s', (_when, incident, isolation, sentence) => {
    expect(incidentHeadline(incident, isolation)).toContain(sentence);
  });
});

describe('phases', () => {
  it('tell what was done, what is not proven, what is left, and which one is next', () => {
    const incident = caseWith({
      confirm: done('said'),
      isolate: done('part'),
      preserve: { state: 'under-way' },
    });
    expect(phasesOf(incident).map(({ is }) => is)).toEqual(['said', 'running', 'now', 'later', 'later']);
    expect(phasesOf(incident)[1]?.words).toBe('Shut off, not all of it proven. Under way: keep the evidence');
    expect(phasesOf(incident)[3]?.words).toBe('Set up anew, pass the gate and open again');
    expect(nextStep(incident)?.step).toBe('timeline');
    const kept = caseWith({ confirm: done('said'), isolate: done('part'), preserve: done() });
    expect(phasesOf(kept)[1]?.is).toBe('part');
    expect(phasesOf(caseWith({ isolate: { state: 'failed' } }))[1]).toMatchObject({
      is: 'failed',
      words: 'Did not work: shut it off. Left: keep the evidence',
    });
  });

  it('have the names of SP 800-61r3 beside them', () => {
    expect(PHASE_WORDS.contain.nist).toContain('RS.MI');
    expect(PHASE_WORDS.learn.nist).toContain('ID.IM');
  });

  it('never let a name put words of its own into a step', () => {
    expect(stepText({ kind: 'exfiltration', name: '$& {name} $1' }, 'isolate').title).toBe(
      'Shut $& {name} $1 off',
    );
  });
});
