import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, rotatedName } from './rotated-names.ts';

const order = (base: string, names: readonly string[]) =>
  inOrder(
    names.flatMap((name, index) => {
      const rotated = rotatedName(base, name);
      return rotated ? [{ name, rotated, modifiedAt: 1_000 - index }] : [];
    }),
  ).map(({ name }) => name);

describe('rotatedName', () => {
  it.for([
    ['access.log', 'access.log.1', 'none', 'number', '1'],
    ['access.log', 'access.log.12.gz', 'gzip', 'number', '12'],
    ['access.log', 'access.log-20261122.gz', 'gzip', 'date', '20261122'],
    ['access.log', 'access.log-20261122-1795305600.zst', 'zstd', 'date', '202611221795305600'],
    ['access.log', 'access.log.2026-11-22_10-15', 'none', 'date', '202611221015'],
    ['access.log', 'access-20261122.log.gz', 'gzip', 'date', '20261122'],
    ['access.log', 'access.1.log', 'none', 'number', '1'],
    ['access.log', 'access.log.old', 'none', 'number', '1'],
    ['audit.log', 'audit.log.4', 'none', 'number', '4'],
    ['syslog', 'syslog.2.xz', 'other', 'number', '2'],
  ] as const)('%s: %s', ([base, name, packing, by, digits]) => {
    expect(rotatedName(base, name)).toEqual({ packing, by, digits });
  });

  it.for([
    'access.log',
    'access.log.tmp',
    'access.log.1.swp',
    'access.logs',
    'access.log.',
    'access.log1',
    'other.log.1',
    'access.log.1.gz.gz',
    'error-access.log.1',
    'access.log.gz',
  ])('%s is no rotated access.log', (name) => {
    expect(rotatedName('access.log', name)).toBeNull();
  });

  it('bears any name', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (base, name) => void rotatedName(base, name)));
  });
});

describe('inOrder', () => {
  it('has the oldest first', () => {
    expect(order('a', ['a.1', 'a.10.gz', 'a.2.gz', 'a.9.gz'])).toEqual([
      'a.10.gz',
      'a.9.gz',
      'a.2.gz',
      'a.1',
    ]);
    expect(order('a', ['a-20261122', 'a-20261120.gz', 'a-20261122-1', 'a-20251231.zst'])).toEqual([
      'a-20251231.zst',
      'a-20261120.gz',
      'a-20261122',
      'a-20261122-1',
    ]);
    expect(order('a', ['a.0', 'a.1.gz', 'a.2.gz'])).toEqual(['a.2.gz', 'a.1.gz', 'a.0']);
  });

  it('goes by time of change where numbers and dates are mixed', () => {
    expect(order('a', ['a.1', 'a-20261122'])).toEqual(['a-20261122', 'a.1']);
  });

  it('leaves out what is being packed', () => {
    expect(order('a', ['a.1', 'a.1.gz', 'a.2.gz'])).toEqual(['a.2.gz', 'a.1']);
  });
});
