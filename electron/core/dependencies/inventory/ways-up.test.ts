import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { dependencyWays } from '#shared/domain/dependencies/ways.ts';
import { waysUp } from './ways-up.ts';

type Given = [name: string, requiredBy: string[], direct?: boolean];

function place(...given: Given[]) {
  return environment.parse({
    id: '/venv',
    kind: 'virtual-environment',
    packages: given.map(([name, requiredBy, direct = false]) => ({ name, version: '1', requiredBy, direct })),
  });
}
const names = (ways: ReturnType<typeof waysUp>) =>
  ways?.levels.map((level) => level.map(({ name, asks }) => `${name} > ${asks.join()}`));

describe('waysUp', () => {
  it('leads from a package to those that somebody asked for, by the shortest ways', () => {
    const all = place(
      ['mycoSwarm', [], true],
      ['httpx', ['mycoSwarm']],
      ['httpcore', ['httpx']],
      ['h11', ['httpcore', 'uvicorn']],
      ['uvicorn', ['mycoSwarm', 'other']],
      ['other', [], true],
    );
    expect(names(waysUp(all, 'H11'))).toEqual([
      ['mycoSwarm > uvicorn', 'other > uvicorn', 'httpx > httpcore'],
      ['httpcore > h11', 'uvicorn > h11'],
      ['h11 > '],
    ]);
  });

  it('ends at what somebody asked for, at loops, and says so for what is not there', () => {
    expect(names(waysUp(place(['a', ['b']], ['b', ['a', 'c'], true], ['c', []]), 'a'))).toEqual([
      ['b > a'],
      ['a > '],
    ]);
    expect(waysUp(place(['a', []]), 'b')).toBeNull();
  });

  it('keeps what somebody asked for of many side by side, and counts the others', () => {
    const many = Array.from({ length: 20 }, (_, index): Given => [`p${index}`, [], index === 19]);
    const ways = waysUp(place(['a', many.map(([name]) => name)], ...many), 'a');
    expect(ways?.levels[0]).toHaveLength(6);
    expect(ways?.levels[0]?.[0]?.name).toBe('p19');
    expect(ways?.omitted).toBe(14);
  });

  it('stays within its bounds whoever asks for whom, and every package above asks for one below', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const given = fc.array(fc.tuple(name, fc.array(name), fc.boolean()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(given, (packages) => {
        const all = place(...packages);
        for (const [wanted] of packages) {
          const ways = dependencyWays.parse(waysUp(all, wanted));
          expect(ways.levels.at(-1)?.map((entry) => entry.name)).toEqual([wanted]);
          const seen = ways.levels.flat().map((entry) => entry.name);
          expect(new Set(seen).size).toBe(seen.length);
          for (const level of ways.levels.slice(0, -1))
            for (const { asks } of level) expect(asks.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
