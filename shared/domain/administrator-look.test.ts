import { describe, expect, it } from 'vitest';
import { redUntil, speaksOfAdministrator, wantsAdministrator } from './administrator-look.ts';

const UNTIL = '2026-11-22T19:20:00.000Z';

describe('what a look as administrator would show', () => {
  it.each([
    ['allow one look as administrator', true],
    ['look at this node as administrator', true],
    ['Look at this node as administrator, then plan again.', true],
    ['give the administrator a call', false],
    ['look again', false],
    [null, false],
  ] as const)('is meant by %j: %j', (words, meant) => {
    expect(speaksOfAdministrator(words)).toBe(meant);
  });

  it('is not what this version lacks', () => {
    const wouldHelp = 'look at this node as administrator';
    expect(wantsAdministrator({ lacking: false, wouldHelp })).toBe(true);
    expect(wantsAdministrator({ lacking: true, wouldHelp })).toBe(false);
  });
});

describe('what is out of sight', () => {
  const before = { status: 'fix', until: UNTIL } as const;

  it('is what needed fixing when it was seen last, and is merely unseen now', () => {
    expect(redUntil({ status: 'unknown', lacking: false, before })).toBe(UNTIL);
  });

  it.each([
    { status: 'fix', lacking: false, before },
    { status: 'pass', lacking: false, before },
    { status: 'unknown', lacking: true, before },
    { status: 'unknown', lacking: false, before: { status: 'pass', until: UNTIL } },
    { status: 'unknown', lacking: false, before: null },
  ] as const)('is nothing else: %j', (finding) => {
    expect(redUntil(finding)).toBeNull();
  });
});
