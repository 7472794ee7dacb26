import { describe, expect, it } from 'vitest';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { createRun } from '../run.ts';
import { correlation, firedAt, rule, type Step, setOf } from '../testing/correlated.ts';

function run(body: string, steps: readonly Step[], ...rules: string[]): number[] {
  const set = setOf(...(rules.length > 0 ? rules : ['a', 'b', 'c'].map(rule)), correlation(body));
  if (set.failed.length > 0) throw new Error(set.failed[0]?.reason);
  return firedAt(createRun(set), steps);
}

describe('counting correlations', () => {
  const three = 'type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\ncondition: {gte: 3}';
  it('count events of a group within the timespan', () => {
    const user = { user: 'x' };
    expect(
      run(three, [
        [0, 'a', user],
        [20, 'a', user],
        [40, 'a', user],
      ]),
    ).toEqual([3]);
    expect(
      run(three, [
        [0, 'a', user],
        [20, 'a', user],
        [81, 'a', user],
      ]),
    ).toEqual([]);
    expect(
      run(three, [
        [0, 'a', user],
        [20, 'a', { user: 'y' }],
        [40, 'a', user],
      ]),
    ).toEqual([]);
    expect(
      run(three, [
        [0, 'a', user],
        [20, 'b', user],
        [40, 'a', user],
      ]),
    ).toEqual([]);
  });
  it('say it once in a timespan while it goes on, and again when it has been quiet', () => {
    const steady = Array.from({ length: 30 }, (_, index): Step => [index * 10, 'a']);
    expect(run(three, steady)).toEqual([3, 9, 15, 21, 27]);
    expect(
      run(three, [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
        [50, 'a'],
        [300, 'a'],
        [301, 'a'],
        [302, 'a'],
      ]),
    ).toEqual([3, 7]);
  });
  it('take what comes late but within the timespan', () => {
    expect(
      run(three, [
        [40, 'a'],
        [50, 'a'],
        [30, 'a'],
      ]),
    ).toEqual([3]);
    expect(
      run(three, [
        [100, 'a'],
        [110, 'a'],
        [30, 'a'],
      ]),
    ).toEqual([]);
  });
  it('know ranges', () => {
    const range = 'type: event_count\nrules: [a]\ntimespan: 1h\ncondition: {gt: 1, lte: 3}';
    expect(
      run(range, [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
        [3, 'a'],
        [4, 'a'],
      ]),
    ).toEqual([2]);
    expect(
      run('type: event_count\nrules: [a]\ntimespan: 1h\ncondition: {eq: 2}', [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
      ]),
    ).toEqual([2]);
  });
  it('count different values, also of several fields', () => {
    const values = 'type: value_count\nrules: [a]\ntimespan: 1m\ncondition: {field: ip, gte: 3}';
    const ip = (address: string) => ({ ip: address });
    expect(
      run(values, [
        [0, 'a', ip('1')],
        [1, 'a', ip('2')],
        [2, 'a', ip('1')],
        [3, 'a', ip('3')],
      ]),
    ).toEqual([4]);
    expect(
      run(values, [
        [0, 'a', ip('1')],
        [50, 'a', ip('2')],
        [70, 'a', ip('3')],
      ]),
    ).toEqual([]);
    expect(
      run(values, [
        [0, 'a', ip('1')],
        [50, 'a', ip('1')],
        [60, 'a', ip('2')],
        [70, 'a', ip('3')],
      ]),
    ).toEqual([4]);
    expect(
      run(values, [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
      ]),
    ).toEqual([]);
    const pairs = values.replace('field: ip', 'field: [ip, port]');
    expect(
      run(
        pairs,
        [1, 2, 3].map((port): Step => [port, 'a', { ip: '1', port }]),
      ),
    ).toEqual([3]);
  });
});

describe('reckoning correlations', () => {
  const of = (type: string, condition: string) =>
    `type: ${type}\nrules: [a]\ntimespan: 1m\ncondition: {field: n, ${condition}}`;
  const numbers = (...values: FieldValue[]) => values.map((n, index): Step => [index, 'a', { n }]);
  it.each([
    ['value_sum', 'gt: 9', numbers(5, '4', 1), [3]],
    ['value_avg', 'gte: 4', numbers(1, 5, 6), [3]],
    ['value_min', 'lt: 0', numbers(1, 5, -1), [3]],
    ['value_max', 'gte: 6', numbers(1, 5, 6), [3]],
    ['value_median', 'eq: 5', numbers(1, 9, 5), [2]],
    [
      'value_percentile',
      'percentile: 95, gte: 90',
      numbers(...Array.from({ length: 19 }, () => 1), 100, 100),
      [21],
    ],
    ['value_sum', 'gte: 1', numbers('many', null), []],
  ] as const)('%s', (type, condition, steps, expected) => {
    expect(run(of(type, condition), [...steps])).toEqual(expected);
  });
});

describe('temporal correlations', () => {
  const all = 'type: temporal\nrules: [a, b, c]\ntimespan: 1m';
  it('need all rules in any order', () => {
    expect(
      run(all, [
        [0, 'c'],
        [10, 'a'],
        [20, 'b'],
      ]),
    ).toEqual([3]);
    expect(
      run(all, [
        [0, 'c'],
        [10, 'a'],
        [70, 'b'],
      ]),
    ).toEqual([]);
    expect(
      run(`${all}\ncondition: {gte: 2}`, [
        [0, 'c'],
        [10, 'c'],
        [20, 'b'],
      ]),
    ).toEqual([3]);
  });
  it('know conditions in words', () => {
    const words = 'type: temporal\ntimespan: 1m\ncondition: a and (b or c)';
    expect(
      run(words, [
        [0, 'a'],
        [10, 'c'],
      ]),
    ).toEqual([2]);
    expect(
      run(words, [
        [0, 'b'],
        [10, 'c'],
      ]),
    ).toEqual([]);
    expect(
      run(`${all}\ncondition: a AND b and not c`, [
        [0, 'c'],
        [10, 'a'],
        [20, 'b'],
        [65, 'a'],
      ]),
    ).toEqual([4]);
  });
  it('need the order when they are ordered', () => {
    const ordered = all.replace('temporal', 'temporal_ordered');
    expect(
      run(ordered, [
        [0, 'a'],
        [10, 'b'],
        [20, 'c'],
      ]),
    ).toEqual([3]);
    expect(
      run(ordered, [
        [0, 'b'],
        [10, 'a'],
        [20, 'c'],
      ]),
    ).toEqual([]);
    expect(
      run(ordered, [
        [0, 'b'],
        [10, 'a'],
        [20, 'b'],
        [30, 'c'],
      ]),
    ).toEqual([4]);
    expect(
      run(ordered, [
        [0, 'a'],
        [20, 'c'],
        [10, 'b'],
      ]),
    ).toEqual([3]);
    expect(
      run(`${ordered}\ncondition: a and (b or c)`, [
        [0, 'c'],
        [5, 'a'],
        [10, 'c'],
      ]),
    ).toEqual([3]);
    expect(
      run(`${ordered}\ncondition: {gte: 2}`, [
        [0, 'c'],
        [5, 'a'],
        [10, 'b'],
      ]),
    ).toEqual([3]);
  });
  it('group by fields that have different names', () => {
    const aliased = `type: temporal\nrules: [a, b]\ngroup-by: [ip]\ntimespan: 1m\naliases:\n  ip: {a: src, b: dst}`;
    const body = correlation('X').replace(
      /correlation:[\s\S]*/,
      `correlation:\n${aliased.replace(/^/gm, '  ')}\n`,
    );
    const set = setOf(rule('a'), rule('b'), body);
    expect(set.failed).toEqual([]);
    expect(
      firedAt(createRun(set), [
        [0, 'a', { src: '1', dst: '9' }],
        [1, 'b', { src: '9', dst: '1' }],
      ]),
    ).toEqual([2]);
    expect(
      firedAt(createRun(set), [
        [0, 'a', { src: '1' }],
        [1, 'b', { src: '1', dst: '2' }],
      ]),
    ).toEqual([]);
  });
});

describe('chains, and what is said', () => {
  const many = `title: many\nname: many\ncorrelation: {type: event_count, rules: [a], group-by: [user], timespan: 10m, condition: {gte: 3}}\n`;
  const then = correlation('type: temporal_ordered\nrules: [many, b]\ngroup-by: [user]\ntimespan: 10m');
  const steps: Step[] = [
    [0, 'a', { user: 'x' }],
    [1, 'a', { user: 'x' }],
    [2, 'a', { user: 'x' }],
    [3, 'b', { user: 'x' }],
  ];
  it('are made of correlations in any order of documents, and name all events that led to them', () => {
    const set = setOf(then, many, rule('b'), rule('a'));
    expect(set.failed).toEqual([]);
    const made = createRun(set);
    const said = steps.flatMap(([seconds, kind, fields], index) =>
      made.take({ fields: { kind, ...fields }, raw: '' }, null, index + 1, seconds * 1_000, 'n'),
    );
    expect(said).toMatchObject([
      { rule: { id: 'correlated' }, events: [1, 2, 3, 4], entityField: 'user', entity: 'x' },
    ]);
  });
  it('keep quiet about their parts, unless they say generate', () => {
    const plain = setOf(rule('a'), many);
    expect(plain.detections[0]?.alerts).toBe(false);
    expect(setOf(rule('a'), many.replace('type:', 'generate: true, type:')).detections[0]?.alerts).toBe(true);
  });
  it('are refused when they lead back to themselves or name what is not there', () => {
    const circle = setOf(
      'title: x\nname: x\ncorrelation: {type: temporal, rules: [y], timespan: 1m}\n',
      'title: y\nname: y\ncorrelation: {type: temporal, rules: [x], timespan: 1m}\n',
    );
    expect(circle.failed).toHaveLength(2);
    expect(setOf(then, rule('b')).failed[0]?.reason).toContain('"many"');
  });
  it.each([
    ['type: bogus\nrules: [a]\ntimespan: 1m', 'none of'],
    ['type: event_count\nrules: [a]\ntimespan: 1x\ncondition: {gte: 1}', 'timespan'],
    ['type: event_count\nrules: [a]\ntimespan: 0m\ncondition: {gte: 1}', 'timespan'],
    ['type: event_count\nrules: [a]\ntimespan: 1m', 'no condition'],
    ['type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: x}', 'needs a number'],
    ['type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {many: 1}', 'not known'],
    ['type: event_count\nrules: [a]\ntimespan: 1m\ncondition: a', 'temporal'],
    ['type: value_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: 1}', 'needs a field'],
    ['type: temporal\nrules: [a, b]\ntimespan: 1m\ncondition: a', 'does not name'],
    ['type: temporal\nrules: [a]\ntimespan: 1m\ncondition: a and z', 'not there'],
    ['type: temporal\nrules: [a, a]\ntimespan: 1m', 'twice'],
  ])('%j is refused', (body, reason) => {
    const set = setOf(rule('a'), rule('b'), correlation(body));
    expect(set.failed[0]?.reason).toContain(reason);
  });
});
