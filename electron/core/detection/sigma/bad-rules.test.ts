import { describe, expect, it } from 'vitest';
import { readRuleSet } from './rule-set.ts';
import { oneRule } from './testing/one-rule.ts';

const GOOD = 'title: good\nid: good\nlogsource: {product: linux}\ndetection: {s: {a: x}, condition: s}\n';
const read = (...texts: string[]) =>
  readRuleSet(texts.map((text, index) => ({ file: `${index}.yml`, origin: 'imported' as const, text })));

describe('a detection that is wrong is refused with its reason', () => {
  it.each([
    ["s: {a|bogus: 'x'}\ncondition: s", 'there is no modifier "bogus"'],
    ["s: {a|re|cidr: 'x'}\ncondition: s", 're and cidr exclude each other'],
    ["s: {a|re|base64: 'x'}\ncondition: s", 're and base64 exclude each other'],
    ["s: {a|i: 'x'}\ncondition: s", 'needs re before it'],
    ["s: {a|re: '('}\ncondition: s", 'a group is not closed'],
    ["s: {a|re: '(a)\\1'}\ncondition: s", 'back references are not supported'],
    ["s: {a|re: '(a{500}){500}'}\ncondition: s", 'too large'],
    ["s: {a|cidr: '10.0.0.1/8'}\ncondition: s", 'bits set beyond its prefix'],
    ["s: {a|cidr: '10.0.0.0/33'}\ncondition: s", 'no prefix of this family'],
    ["s: {a|cidr: 'x'}\ncondition: s", 'no network in CIDR notation'],
    ["s: {a|gt: 'x'}\ncondition: s", 'needs a number'],
    ["s: {'|gt': 5}\ncondition: s", 'gt needs a field'],
    ["s: {'|exists': true}\ncondition: s", 'exists needs a field'],
    ["s: {a|exists: 'x'}\ncondition: s", 'needs true or false'],
    ["s: {a|base64: 'x*'}\ncondition: s", 'without wildcards'],
    ['s: {a|contains: null}\ncondition: s', 'null goes with none'],
    ["s: {a: {b: 'x'}}\ncondition: s", 'neither text, number'],
    ['s: {}\ncondition: s', 'empty'],
    ['s: {a: x}', 'no condition'],
    ['condition: s', 'no search identifier'],
    ['s: {a: x}\ncondition: t', 'names "t", which is not there'],
    ['s: {a: x}\ncondition: 1 of t*', 'no search identifier fits "t*"'],
    ['s: {a: x}\ncondition: 2 of s*', '1 of, any of and all of'],
    ['s: {a: x}\ncondition: s and', 'ends where a name is awaited'],
    ['s: {a: x}\ncondition: (s', 'not closed'],
    ['s: {a: x}\ncondition: s s', 'goes on with "s"'],
    ['s: {a: x}\ncondition: s | count() > 5', 'behind a pipe'],
    [`s: {a: x}\ncondition: ${'('.repeat(5_000)}s${')'.repeat(5_000)}`, 'nested more than'],
    [`s: {a: x}\ncondition: ${'not '.repeat(3_000)}s`, 'nested more than'],
    [`s: {a: x}\ncondition: ${new Array(4_000).fill('s').join(' or ')}`, 'more than 1000 operands'],
    [`s: {a: x}\ncondition: ${new Array(10_000).fill('s').join(' or ')}`, 'more than 1000 operands'],
    [`s: {a: x}\ncondition: ${new Array(40_000).fill('s').join(' or ')}`, 'characters; at most'],
    [`s: {a: [${new Array(20_001).fill('x').join(',')}]}\ncondition: s`, 'more than 20000 values'],
  ])('%.60s', (detection, reason) => {
    expect(() => oneRule(detection)).toThrow(reason);
  });
});

describe('a file that is wrong does not keep the others from being used', () => {
  it.each([
    ['', 'the file is empty'],
    ['a: [', 'it is no valid YAML'],
    ['a: 1\na: 2\n', 'it is no valid YAML'],
    ['- 1\n', 'no map'],
    ['title: x\n', 'neither detection, correlation nor filter'],
    ['logsource: {product: linux}\ndetection: {s: {a: x}, condition: s}\n', 'title'],
    ['title: x\ndetection: {s: {a: x}, condition: s}\n', 'the log source is missing'],
    [
      'title: x\nlogsource: {}\ndetection: {s: {a: x}, condition: s}\n',
      'neither product, category nor service',
    ],
    [
      'title: x\nlevel: huge\nlogsource: {product: linux}\ndetection: {s: {a: x}, condition: s}\n',
      'there is no level',
    ],
    [`title: x\n${'a: &a [x]\nb: '}${'['.repeat(500)}${']'.repeat(500)}\n`, 'it is no valid YAML'],
    [`#${'x'.repeat(1_048_577)}`, 'bytes; at most'],
  ])('%.50j', (text, reason) => {
    const set = read(text, GOOD);
    expect(set).toMatchObject({ total: 2, failed: [{ file: '0.yml' }] });
    expect(set.failed[0]?.reason).toContain(reason);
    expect(set.detections).toHaveLength(1);
  });

  it('bounds what aliases grow into', () => {
    let bomb = 'title: bomb\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 7; level += 1)
      bomb += `a${level}: &a${level} [${new Array(9).fill(`*a${level - 1}`).join(', ')}]\n`;
    const began = process.cpuUsage();
    expect(read(bomb, GOOD).failed[0]?.reason).toMatch(/more than 100000 values|alias/);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  it('tells an id that another rule has already', () => {
    const set = read(GOOD, GOOD.replace('title: good', 'title: other'));
    expect(set.failed).toEqual([{ file: '1.yml', reason: 'its id "good" is that of 0.yml already' }]);
    expect(set.detections).toHaveLength(1);
  });

  it('tells a name that another rule has already', () => {
    const named = GOOD.replace('id: good', 'name: same');
    expect(read(named, named).failed).toEqual([
      { file: '1.yml', reason: 'its name "same" is that of 0.yml already' },
    ]);
  });

  it('goes on with the other documents of a file', () => {
    const set = read(`${GOOD}---\ntitle: bad\n---\n${GOOD.replaceAll('good', 'third')}`);
    expect(set).toMatchObject({
      total: 3,
      failed: [{ file: '0.yml', reason: expect.stringContaining('document 2: ') }],
    });
    expect(set.detections.map(({ id }) => id)).toEqual(['good', 'third']);
  });
});
