import { describe, expect, it } from 'vitest';
import { freshSteps } from '#shared/domain/incident/playbook.ts';
import { asMarkdown } from './as-markdown.ts';
import { reportOf } from './report-of.ts';
import { anEntry, anIncident, everyText, OPENED } from './testing/report-input.ts';

const plain = everyText('plain');
const said = (fields: Partial<typeof plain>) => asMarkdown(reportOf({ ...plain, ...fields }));

describe('the report of an incident', () => {
  it('says that it is open as long as it is', () => {
    expect(said({ incident: anIncident() })).toContain('It is still open');
    expect(said({ incident: anIncident() })).toContain('not over');
    expect(said({ incident: anIncident({ closedAt: OPENED, closing: 'All is well' }) })).toContain(
      'It was closed on 2026-11-20 10:00:00. All is well.',
    );
  });

  it('says of each step how it is known that it was done', () => {
    const steps = freshSteps('exfiltration', true).map((step) => {
      if (step.step === 'isolate')
        return { ...step, state: 'done' as const, proof: 'part' as const, endedAt: OPENED };
      return step.step === 'tell'
        ? { ...step, state: 'done' as const, proof: 'said' as const, endedAt: OPENED }
        : step;
    });
    const words = said({ incident: anIncident({ steps }) });
    expect(words).toMatch(/\| Contain \| Shut naru off \| done \| [^|]+ \| seen in part \|/);
    expect(words).toMatch(/\| done \| [^|]+ \| a person says so \|/);
    expect(words).toMatch(/\| Recover \| Set naru up anew \| not done \|/);
  });

  it('never leaves out what was marked, and says how much else it leaves out', () => {
    const timeline = Array.from({ length: 400 }, (_, number) => anEntry(number));
    const pin = { item: 'event-399', title: 'line 399', at: OPENED, who: 'andy', note: 'here it began' };
    const words = said({ timeline, incident: anIncident({ pins: [pin] }) });
    expect(words).toContain('` line 399 ` | here it began');
    expect(words).not.toContain('` line 398 `');
    expect(words).toContain('100 more entries of weight are in the timeline as CSV only');
  });

  it('has what was marked even when its log is gone, in its place', () => {
    const pin = { item: 'gone', title: 'the first sign', at: anEntry(2).at, who: 'andy', note: '' };
    const words = said({ timeline: [anEntry(1), anEntry(3)], incident: anIncident({ pins: [pin] }) });
    const places = ['line 1', 'the first sign', 'line 3'].map((one) => words.indexOf(one));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  it('says which keys are not ended', () => {
    expect(said({})).toContain('One key is not ended: whoever read it can still use it');
    const [key] = plain.credentials?.credentials ?? [];
    const credentials = [{ credential: key?.id ?? '', name: 'plain', at: OPENED, who: 'andy', note: '' }];
    const words = said({ incident: anIncident({ credentials }) });
    expect(words).not.toContain('not ended');
    expect(words).toContain('ended 2026-11-20 10:00:00, andy');
  });

  it('gives every hash of the evidence, and names no folder of the computer', () => {
    const words = said({});
    expect(words).toContain('a'.repeat(64));
    expect(words).not.toContain('/home/andy');
  });

  it('says that nothing was written down to change', () => {
    expect(said({ followUps: [] })).toContain('Nothing was written down yet that is to change');
  });

  it('says that it was a false alarm, first of all and by whom', () => {
    const falseAlarm = { at: OPENED, who: 'andy', words: 'It was the backup' };
    const words = said({ incident: anIncident({ falseAlarm, closedAt: OPENED, closing: 'over' }) });
    expect(words).toContain('It was a false alarm: It was the backup. andy said so on 2026-11-20 10:00:00.');
    expect(words.indexOf('It was a false alarm')).toBeLessThan(words.indexOf('The first known sign'));
  });

  it('has the decision to let a node in past the gate, with its reason', () => {
    const entry = {
      entry: 1,
      at: OPENED,
      who: 'andy',
      kind: 'let-in',
      step: null,
      text: 'The fair',
    } as const;
    expect(said({ entries: [entry] })).toMatch(/\| andy \| Let in although the gate is shut \| The fair \|/);
  });

  it('names who sees to what will change, and until when', () => {
    const change = { number: 1, words: 'Pin all', check: null, owner: 'ben', due: '2026-12-01' } as const;
    const words = said({ followUps: [{ ...change, at: OPENED, who: 'andy', doneAt: null }] });
    expect(words).toContain('| Pin all |  | ben | 2026-12-01 | open |');
  });
});
