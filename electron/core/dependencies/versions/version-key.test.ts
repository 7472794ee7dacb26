import { compare } from '@renovatebot/pep440';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legacyParts } from './legacy-key.ts';
import { semverKey } from './semver-key.ts';
import { randomPair, randomVersion, seeded } from './testing/random-versions.ts';
import { BEFORE_ALL, isPep440, pep440Key, publicKey, versionKey } from './version-key.ts';

const key = (version: string): string => versionKey(version) ?? 'null';

/** Each stands below the next one. Those of PEP 440 are from its sections "Summary of permitted suffixes" and "Local version identifiers". */
const ASCENDING = [
  // No versions by PEP 440: below all that are, by the old rule of setuptools.
  ['dev', '0-0-1', '1.0.dev-r5', '1.0x', '2.4preview1-foo', '2.4-foo', '2004d', '2004e', '2010.1x'],
  ['2010.1x', '0.dev0', '0', '0.0.1'],
  ['1.dev0', '1.0.dev456', '1.0a1', '1.0a2.dev456', '1.0a12.dev456', '1.0a12', '1.0b1.dev456', '1.0b2'],
  ['1.0b2', '1.0b2.post345.dev456', '1.0b2.post345', '1.0rc1.dev456', '1.0rc1', '1.0', '1.0+abc.5'],
  ['1.0+abc.5', '1.0+abc.7', '1.0+5', '1.0.post456.dev34', '1.0.post456', '1.0.15', '1.1.dev1', '1.1'],
  ['1.0+abc', '1.0+abc.1', '1.0+abd', '1.0+0', '1.0+0.abc', '1.0+0.0', '1.0+9', '1.0+10'],
  ['9.9', '10', '2024.1', '20240101', '20240101123456789012', '20240101123456789013', '1!0.1', '1!1', '10!0'],
  ['1.0+1e4', '1.0+1e5', '1.0+99', '1.0+100', '1.0+100001'],
] as const;

/** All of one line are the same version (PEP 440, "Normalization"). */
const EQUAL = [
  ['1.0', '1', '1.0.0', 'v1.0', ' 1.0 ', '01.00', '0!1.0', 'V1'],
  ['1.0a0', '1.0a', '1.0alpha', '1.0.Alpha0', '1.0_a.0', '1.0-a-0'],
  ['1.0rc1', '1.0c1', '1.0pre1', '1.0-preview_1', '1.0.0RC01'],
  ['1.0.post1', '1.0-1', '1.0rev1', '1.0-r1', '1.0POST1', '1.0.0_post.1'],
  ['1.0.dev0', '1.0dev', '1.0-dev', '1.0_DEV00'],
  ['1.0+ubuntu.1', '1.0+ubuntu-1', '1.0+Ubuntu_1', '1.0.0+ubuntu.01'],
] as const;

describe('versions', () => {
  it.each(ASCENDING.map((line) => [line]))('stand in order: %j', (line) => {
    for (const [index, lower] of line.entries())
      for (const higher of line.slice(index + 1))
        expect(key(lower) < key(higher), `${lower} < ${higher}`).toBe(true);
  });

  it.each(EQUAL.map((line) => [line]))('are the same: %j', (line) => {
    expect(new Set(line.map(key)).size).toBe(1);
  });

  it('stand as the library orders them, wherever it reads numbers exactly', () => {
    const random = seeded(440);
    const wrong: string[] = [];
    let compared = 0;
    for (let pair = 0; pair < 6_000; pair += 1) {
      const [a, b] = randomPair(random);
      // Numbers beyond 15 digits and words such as 1e5 in local segments are read otherwise by it.
      if (/\d{16}|\+.*\d[ex]\d/i.test(a + b) || !isPep440(a) || !isPep440(b)) continue;
      compared += 1;
      const order = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
      if (order !== Math.sign(compare(a, b))) wrong.push(`${a} ? ${b}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(3_000);
  });

  it('that are plain numbers have the key that they have when they are taken apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,17}(\.\d{1,16}){0,5}$/), (version) => {
        expect(versionKey(version)).toBe(`1${pep440Key(version)}`);
      }),
    );
  });

  it('that are none by PEP 440 stand below all that are, as their parts do one by one', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9.\-_]{1,12}$/),
        fc.stringMatching(/^[a-z0-9.\-_]{1,12}$/),
        (a, b) => {
          if (isPep440(a) !== isPep440(b)) {
            const [none, valid] = isPep440(a) ? [b, a] : [a, b];
            return key(none) < key(valid);
          }
          if (isPep440(a)) return true;
          const [left, right] = [legacyParts(a), legacyParts(b)];
          const at = left.findIndex((part, index) => part !== right[index]);
          const below =
            at < 0 ? left.length < right.length : right[at] !== undefined && (left[at] ?? '') < right[at];
          return key(a) < key(b) === below;
        },
      ),
    );
  });

  it('of the old rule have the parts that setuptools had', () => {
    expect(legacyParts('2004d')).toEqual(['00002004', '*d', '*final']);
    expect(legacyParts('1.0.dev-r5')).toEqual(['00000001', '*@', '*final-', '*r', '00000005', '*final']);
    expect(legacyParts('0-0-1')).toEqual(['*final-', '*final-', '00000001', '*final']);
    expect(legacyParts('2.4-rc1')).toEqual(['00000002', '00000004', '*c', '00000001', '*final']);
    expect(legacyParts('1.0.0')).toEqual(['00000001', '*final']);
  });

  it('are refused when they are empty, longer than any, or hold what cannot be seen', () => {
    for (const text of ['', ' ', '1\u0000', '1\n.0', `1${'0'.repeat(256)}`])
      expect(versionKey(text)).toBeNull();
    expect(versionKey('9'.repeat(256))).not.toBeNull();
    expect(BEFORE_ALL < key('dev')).toBe(true);
  });

  it('lose their local segment and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const version = randomVersion(seeded(seed));
        const [plain = '', local] = version.split('+');
        expect(publicKey(key(version))).toBe(local === undefined || !isPep440(version) ? null : key(plain));
      }),
    );
  });

  it('of any text take no time and give one key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 60 }), (text) => {
        expect(versionKey(text)).toBe(versionKey(text));
      }),
    );
    const began = process.cpuUsage();
    for (const text of ['1.'.repeat(127), `1${'a'.repeat(255)}`, '-'.repeat(256), `1+${'a.'.repeat(126)}a`])
      versionKey(text);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});

describe('semantic versions', () => {
  it('stand in the order of section 11', () => {
    const line = [
      '1.0.0-1',
      '1.0.0-2',
      '1.0.0-10',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-alpha-b',
    ];
    const more = [
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.9.0',
      '1.10.0',
      '10.0.0',
    ];
    const keys = [...line, ...more].map((version) => semverKey(version) ?? 'null');
    expect(keys.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(keys);
    expect(semverKey('1.0.0+build.5')).toBe(semverKey('v1.0.0'));
    for (const none of ['1.0', '01.0.0', '1.0.0.0', '', 'a.b.c']) expect(semverKey(none)).toBeNull();
  });
});
