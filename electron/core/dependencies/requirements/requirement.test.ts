import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { extrasIn, holds, parseMarker } from './marker.ts';
import { isDistributionName } from './name.ts';
import { parseRequirement } from './requirement.ts';

const letters = 'abcXYZ019';
const name = fc
  .tuple(fc.constantFrom(...letters), fc.string({ unit: fc.constantFrom(...letters, '-', '_', '.') }))
  .map(([first, rest]) => `${first}${rest}z`);
const version = fc.constantFrom('1', '1.0', '2!1.0', '1.0rc1', '1.0.post1', '1.0+cu118', '2004d', '0-0-1');
const clause = fc
  .tuple(fc.constantFrom('==', '~=', '!=', '<=', '>=', '<', '>', '==='), version)
  .map(([operator, text]) => ({ operator, version: text }));
const space = fc.constantFrom('', ' ', '  ', '\t');

describe('a requirement (PEP 508)', () => {
  it('is read as it was put together, whatever the spaces', () => {
    fc.assert(
      fc.property(
        name,
        fc.array(name, { maxLength: 3 }),
        fc.array(clause, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        space,
        (called, extras, clauses, brackets, marked, gap) => {
          const wanted = clauses.map((one) => `${one.operator}${gap}${one.version}`).join(`${gap},${gap}`);
          const text = [
            called,
            extras.length > 0 ? `${gap}[${extras.join(`${gap},${gap}`)}]` : '',
            brackets && clauses.length > 0 ? `${gap}(${wanted})` : `${gap}${wanted}`,
            marked ? `${gap};${gap}python_version${gap}<${gap}"3.9"` : '',
          ].join('');
          const read = parseRequirement(text);
          expect(read).toMatchObject({
            name: normalizedName(called),
            extras: extras.map(normalizedName),
            clauses,
            url: null,
            hasMarker: marked,
          });
          const [only] = clauses;
          const pinned = clauses.length === 1 && only?.operator.startsWith('==') ? only.version : null;
          expect(read?.pinned).toBe(pinned);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is never anything but a requirement or null, and always soon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 64 }), (text) => {
        const read = parseRequirement(text);
        if (read?.name != null) expect(isDistributionName(read.name)).toBe(true);
      }),
      { numRuns: 500 },
    );
    const began = process.cpuUsage();
    for (const text of [
      'a[',
      'a['.repeat(2_000),
      `a${'-'.repeat(4_000)}`,
      `a;${'('.repeat(4_000)}`,
      ' '.repeat(1e7),
      `a==${'1.'.repeat(2_000)}*`,
    ])
      parseRequirement(text);
    const { user } = process.cpuUsage(began);
    expect(user / 1_000).toBeLessThan(500);
  });

  it.each([
    ['a @ https://h/x.whl ; python_version < "3"', 'https://h/x.whl', true],
    ['a@git+https://h/x', 'git+https://h/x', false],
    ['./folder', './folder', false],
    ['https://h/x.whl ; sys_platform == "linux"', 'https://h/x.whl', true],
  ])('reads the address of %s', (text, url, hasMarker) => {
    expect(parseRequirement(text)).toMatchObject({ url, hasMarker, pinned: null });
  });

  it.each([
    'a ; nonsense',
    'a ; python_version',
    'a >= 1.*',
    'a == 1.*.*',
    'a @',
    'a 1.0',
    'a ; "x" == extra )',
  ])('refuses %s', (text) => {
    expect(parseRequirement(text)).toBeNull();
  });
});

type Tree = { text: string; value: boolean | null };
const leaf: fc.Arbitrary<Tree> = fc.constantFrom(
  { text: 'python_version >= "3.9"', value: true },
  { text: "'3.10' > python_version", value: false },
  { text: 'sys_platform == "win32"', value: false },
  { text: 'os_name=="posix"', value: true },
  { text: 'platform_machine == "x"', value: null },
  { text: '"lin" in sys_platform', value: true },
  { text: 'extra == "dev"', value: false },
);
/** Kleene's logic by its tables, as the slow twin. */
const and = (a: boolean | null, b: boolean | null) =>
  a === false || b === false ? false : a === null || b === null ? null : true;
const or = (a: boolean | null, b: boolean | null) =>
  a === true || b === true ? true : a === null || b === null ? null : false;
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('tree'), fc.boolean(), tie('tree')).map(([a, both, b]) => ({
      text: `(${a.text}) ${both ? 'and' : 'or'} (${b.text})`,
      value: both ? and(a.value, b.value) : or(a.value, b.value),
    })),
  ),
}));
const linux = { python_version: '3.11', sys_platform: 'linux', os_name: 'posix', extra: '' };

describe('a marker (PEP 508)', () => {
  it('holds as its tables say, and says when that is not known', () => {
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        const marker = parseMarker(text);
        expect(marker && holds(marker, linux)).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  it('binds and closer than or', () => {
    const marker = parseMarker('os_name == "posix" or os_name == "x" and os_name == "y"');
    expect(marker && holds(marker, linux)).toBe(true);
  });

  it('compares releases as numbers, and knows which extras it asks for', () => {
    const marker = parseMarker('python_version < "3.9" and extra == "Dev_Tools" or "b" == extra');
    expect(marker && extrasIn(marker)).toEqual(['dev-tools', 'b']);
    expect(marker && holds(marker, { python_version: '3.10', extra: 'dev_tools' })).toBe(false);
  });

  it('is bounded in depth and length', () => {
    expect(parseMarker(`${'('.repeat(40)}os_name=="a"${')'.repeat(40)}`)).toBeNull();
    expect(parseMarker(Array(400).fill('os_name=="a"').join(' or '))).toBeNull();
  });
});
