import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryCompiler } from '../advisories/compile.ts';
import type { CompiledPackage } from '../advisories/compiled.ts';
import { type OsvRecord, readOsvRecord } from '../advisories/osv-record.ts';
import { randomVersion, seeded } from '../versions/testing/random-versions.ts';
import { affects, versionKeys } from './match.ts';
import { affectsSlowly } from './slow-match.ts';

type Affected = Record<string, unknown>;

function recordOf(affected: Affected[], more: Record<string, unknown> = {}): OsvRecord {
  const read = readOsvRecord({
    id: 'PYSEC-2024-1',
    modified: '2024-10-10T00:00:00Z',
    affected: affected.map((one) => ({ package: { ecosystem: 'PyPI', name: 'Some.Package' }, ...one })),
    ...more,
  });
  if ('wrong' in read) throw new Error(read.wrong);
  return read.ok;
}

function compiledOf(record: OsvRecord): CompiledPackage {
  const compiler = new AdvisoryCompiler();
  compiler.add(record);
  return JSON.parse([...compiler.packages()][0]?.compiled ?? '{"versions":[],"advisories":[]}');
}

function isAffected(record: OsvRecord, version: string): boolean {
  const known = compiledOf(record);
  const keys = versionKeys('PyPI', version);
  return keys !== null && known.advisories.some(affects(known, keys));
}

const range = (...events: Record<string, string>[]): Affected => ({
  ranges: [{ type: 'ECOSYSTEM', events }],
});

/** What is affected and what is not, by range. */
const TABLE: [string, Affected, string[], string[]][] = [
  [
    'introduced 0, fixed',
    range({ introduced: '0' }, { fixed: '2.0' }),
    ['0', '0.dev0', '1.9', '2.0rc1', '2004d', '1.0+local'],
    ['2.0', '2.0.0', '2.0.post1', '2.0+local', '3'],
  ],
  [
    'two spans in one range, in no order',
    range({ fixed: '2.1' }, { introduced: '2.0' }, { fixed: '1.1' }, { introduced: '1.0' }),
    ['1.0', '1.0.5', '2.0', '2.0.9'],
    ['0.9', '1.1', '1.9', '2.0rc1', '2.1'],
  ],
  [
    'last affected',
    range({ introduced: '1.0' }, { last_affected: '1.5' }),
    ['1.0', '1.5', '1.5.0', '1.5+cpu'],
    ['0.9', '1.5.post1', '1.5.1', '1.6'],
  ],
  ['one version', range({ introduced: '1.5' }, { last_affected: '1.5' }), ['1.5'], ['1.4', '1.6', '2']],
  ['one version, end first', range({ last_affected: '1.5' }, { introduced: '1.5' }), ['1.5'], ['1.4', '1.6']],
  ['never ended', range({ introduced: '3' }), ['3', '99'], ['2.9', '3.dev1']],
  ['limit', range({ introduced: '0' }, { limit: '2.0' }), ['0', '1.9'], ['2.0', '3']],
  ['no limit', range({ introduced: '0' }, { limit: '*' }), ['1', '99'], []],
  ['the higher of two limits', range({ introduced: '0' }, { limit: '1' }, { limit: '3' }), ['2'], ['3']],
  [
    'list',
    { versions: ['1.0', '1.0.1', '2004d'] },
    ['1.0', '1', 'v1.0.0', '1.0.1', '2004d', '1.0+cu118'],
    ['1.0.2', '2004e', '1.0.post1'],
  ],
  [
    'range or list',
    { ...range({ introduced: '2' }, { fixed: '3' }), versions: ['1.0'] },
    ['1.0', '2', '2.5'],
    ['1.1', '3'],
  ],
  [
    'commits beside a list',
    { ranges: [{ type: 'GIT', repo: 'https://x.test', events: [{ introduced: '0' }] }], versions: ['1.0'] },
    ['1.0'],
    ['0.9', '1.1'],
  ],
  [
    'semantic versions',
    { ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0-alpha.2' }, { fixed: '1.2.0' }] }] },
    ['1.0.0-alpha.10', '1.0.0', '1.1.9', '1.0'],
    ['1.0.0-alpha.1', '1.2.0', '1.2.0+build'],
  ],
  ['several entries', {}, [], ['1.0']],
];

describe('which versions an advisory affects', () => {
  it.each(TABLE)('%s', (_, affected, within, without) => {
    const record = recordOf([affected]);
    for (const version of within) expect(isAffected(record, version), version).toBe(true);
    for (const version of without) expect(isAffected(record, version), version).toBe(false);
  });

  it('one entry after the other, and none of one that was withdrawn', () => {
    const both = [range({ introduced: '1' }, { fixed: '1.1' }), range({ introduced: '2' }, { fixed: '2.1' })];
    expect(['1', '1.1', '2', '2.1'].map((version) => isAffected(recordOf(both), version))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(isAffected(recordOf(both, { withdrawn: '2024-10-11T00:00:00Z' }), '1')).toBe(false);
  });

  it('is told as the slow and obviously right way tells it', () => {
    const version = fc.nat().map((seed) =>
      // Numbers that the library reads exactly.
      randomVersion(seeded(seed), 0.1)
        .replace(/\d{16,}/g, '7')
        .replace(/1e5|0x10/g, 'x1'),
    );
    const event = fc.record({
      kind: fc.constantFrom('introduced', 'introduced', 'fixed', 'last_affected', 'limit'),
      version: fc.oneof({ weight: 4, arbitrary: version }, { weight: 1, arbitrary: fc.constant('0') }),
    });
    const one = fc.record({
      ranges: fc.array(
        fc.record({
          type: fc.constantFrom('ECOSYSTEM', 'ECOSYSTEM', 'GIT'),
          events: fc.array(event, { maxLength: 6 }).map((events) =>
            events.map((entry) => ({
              [entry.kind]: entry.kind === 'limit' && entry.version === '0' ? '*' : entry.version,
            })),
          ),
        }),
        { maxLength: 3 },
      ),
      versions: fc.array(version, { maxLength: 5 }),
    });
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 2 }),
        fc.array(version, { minLength: 1, maxLength: 6 }),
        (affected, asked) => {
          const record = recordOf(affected);
          const listed = affected.flatMap(({ versions }) => versions).slice(0, 2);
          for (const installed of [...asked, ...listed]) {
            const known = compiledOf(record);
            const slow = affectsSlowly(record, 'some_package', installed);
            if (slow) found += 1;
            const keys = versionKeys('PyPI', installed);
            const fast = keys !== null && known.advisories.some(affects(known, keys));
            if (fast !== slow) throw new Error(`${installed}: ${JSON.stringify(affected)} should be ${slow}`);
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(100);
  });
});
