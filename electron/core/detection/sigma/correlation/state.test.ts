import { describe, expect, it } from 'vitest';
import { createRun } from '../run.ts';
import { correlation, firedAt, rule, type Step, setOf } from '../testing/correlated.ts';

describe('state', () => {
  const body = 'type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\ncondition: {gte: 4}';
  it('goes on after a restart at any point as if there had been none', () => {
    const set = setOf(rule('a'), correlation(body));
    const steps = Array.from({ length: 24 }, (_, index): Step => [index * 7, 'a', { user: index % 2 }]);
    const straight = firedAt(createRun(set), steps);
    expect(straight.length).toBeGreaterThan(1);
    for (let cut = 1; cut < steps.length; cut += 1) {
      const first = createRun(set);
      const before = firedAt(first, steps.slice(0, cut));
      const second = createRun(set, JSON.parse(JSON.stringify(first.state())));
      expect([...before, ...firedAt(second, steps.slice(cut), 'node', cut + 1)]).toEqual(straight);
    }
  });
  it('of anything else is ignored', () => {
    const set = setOf(rule('a'), correlation(body));
    for (const state of [
      null,
      7,
      'x',
      {},
      { version: 1, correlations: { correlated: [['k', null, [[9, 1, 1, null]]]] } },
    ])
      expect(firedAt(createRun(set, state), [[0, 'a']])).toEqual([]);
  });
  it('keeps nodes apart, unless a rule says otherwise', () => {
    const apart = createRun(setOf(rule('a'), correlation(body)));
    expect([
      ...firedAt(
        apart,
        [
          [0, 'a'],
          [1, 'a'],
        ],
        'one',
      ),
      ...firedAt(
        apart,
        [
          [2, 'a'],
          [3, 'a'],
        ],
        'two',
        3,
      ),
    ]).toEqual([]);
    const together = createRun(setOf(rule('a'), correlation(body, 'swarmkeep: {across-nodes: true}\n')));
    expect([
      ...firedAt(
        together,
        [
          [0, 'a'],
          [1, 'a'],
        ],
        'one',
      ),
      ...firedAt(
        together,
        [
          [2, 'a'],
          [3, 'a'],
        ],
        'two',
        3,
      ),
    ]).toEqual([4]);
  });
  it('is bounded whatever comes, and counts what it lets go of', () => {
    const made = createRun(setOf(rule('a'), correlation(body)));
    for (let number = 1; number <= 30_000; number += 1)
      made.take({ fields: { kind: 'a', user: `user-${number}` }, raw: '' }, null, number, 1_000, 'n');
    expect(JSON.stringify(made.state()).length).toBeLessThan(2_000_000);
    expect(made.letGo.groups).toBe(20_000);
  });
  it('lets go without loss of what has run out', () => {
    const made = createRun(setOf(rule('a'), correlation(body)));
    for (let number = 1; number <= 30_000; number += 1)
      made.take(
        { fields: { kind: 'a', user: `user-${number}` }, raw: '' },
        null,
        number,
        number * 1_000,
        'n',
      );
    expect(made.letGo).toEqual({ groups: 0, entries: 0 });
  });
});

describe('filters', () => {
  const filter = (rules: string, source = '{product: test}') =>
    `title: f\nlogsource: ${source}\nfilter:\n  rules: ${rules}\n  sel: {user: root}\n  condition: not sel\n`;
  const asked = (set: ReturnType<typeof setOf>) =>
    createRun(set).take({ fields: { kind: 'a', user: 'root' }, raw: '' }, null, 1, 0, 'n').length;
  it('take away matches of the rules that they name, or of all rules of their log', () => {
    expect(asked(setOf(rule('a')))).toBe(1);
    expect(asked(setOf(rule('a'), filter('[a]')))).toBe(0);
    expect(asked(setOf(filter('any'), rule('a')))).toBe(0);
    expect(asked(setOf(rule('a'), filter('[b]')))).toBe(1);
    expect(asked(setOf(rule('a'), filter('any', '{product: other}')))).toBe(1);
    expect(asked(setOf(rule('a'), filter('any', '{product: test, category: x}')))).toBe(1);
  });
  it('need rules and a condition', () => {
    expect(setOf(rule('a'), filter('7')).failed).toHaveLength(1);
  });
});
