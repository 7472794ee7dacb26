import { describe, expect, it } from 'vitest';
import type { FindingStatus } from '#shared/domain/finding.ts';
import type { LookOutcome } from './look-runner.ts';
import { noticeOf, summaryOf } from './notice-words.ts';

function outcome(
  nodeName: string,
  changes: [FindingStatus, FindingStatus, string?][],
  availability: LookOutcome['availability'] = 'same',
): LookOutcome {
  return {
    node: nodeName,
    nodeName,
    outcome: availability === 'went-away' ? 'failed' : 'done',
    availability,
    changes: changes.map(([from, to, summary = 'Something changed.']) => ({
      at: '2026-11-21T19:20:00.000Z',
      node: nodeName,
      check: 'service-bindings',
      from,
      to,
      summary,
    })),
  };
}

describe('notices', () => {
  const cases: [string, LookOutcome[], string | null][] = [
    ['nothing changed', [outcome('miu', [])], null],
    [
      'only what nobody waits for',
      [
        outcome('miu', [
          ['pass', 'not-applicable'],
          ['fix', 'waived'],
        ]),
      ],
      null,
    ],
    [
      'one thing worse',
      [outcome('boa', [['pass', 'fix', 'boa answers on every network.']])],
      'boa answers on every network.',
    ],
    [
      'several things worse',
      [
        outcome('boa', [
          ['pass', 'fix'],
          ['pass', 'review'],
        ]),
        outcome('miu', [['unknown', 'fix']]),
      ],
      'Three things changed for the worse on boa and miu.',
    ],
    [
      'a risk that is no longer accepted',
      [outcome('boa', [['waived', 'fix', 'boa is open again.']])],
      'boa is open again.',
    ],
    [
      'one thing better',
      [outcome('boa', [['fix', 'pass', 'boa answers at home only.']])],
      'boa answers at home only.',
    ],
    [
      'not seen any more',
      [outcome('pi', [['pass', 'unknown']])],
      'We could no longer look at one thing on pi.',
    ],
    ['away', [outcome('pi', [], 'went-away')], 'pi does not answer; its findings are from before.'],
    [
      'back with a change',
      [outcome('pi', [['pass', 'fix', 'pi is open.']], 'came-back')],
      'pi is open. pi is back.',
    ],
  ];
  const inside = (direction: 'more' | 'less'): LookOutcome => {
    const one = outcome('boa', [['fix', 'fix', 'boa answers on every network. Now also 0.0.0.0:8080.']]);
    const words = direction === 'more' ? 'Now also 0.0.0.0:8080.' : 'No longer 0.0.0.0:8080.';
    return { ...one, changes: one.changes.map((change) => ({ ...change, inside: { direction, words } })) };
  };
  cases.push(
    [
      'a second door beside one that was open',
      [inside('more')],
      'boa answers on every network. Now also 0.0.0.0:8080.',
    ],
    ['one of two doors shut', [inside('less')], null],
  );
  it.each(cases)('%s', (_, outcomes, sentence) => {
    expect(noticeOf(outcomes)).toBe(sentence);
  });

  it('is one line of bounded length when two hundred hostile nodes change at once', () => {
    const name = `\u202e\n${'x'.repeat(250)}`;
    const outcomes = Array.from({ length: 200 }, (_, index) =>
      outcome(`${index}${name}`, [['pass', 'fix', 'y'.repeat(1_024)]], 'came-back'),
    );
    const said = noticeOf(outcomes) ?? '';
    expect(said).toMatch(/^200 things changed for the worse on .* and 197 more nodes\./);
    expect(said.length).toBeLessThanOrEqual(512);
    expect(said).not.toMatch(/[\n\u202e]/);
  });

  it('summarises the week only when something is open', () => {
    const none = { pass: 9, fix: 0, review: 0, unknown: 3, notApplicable: 0, waived: 2 };
    expect(summaryOf(none, [])).toBeNull();
    expect(summaryOf({ ...none, fix: 2, review: 3 }, ['boa', 'miu'])).toBe(
      'Still open: 2 to fix and 3 to review, on boa and miu.',
    );
  });
});
