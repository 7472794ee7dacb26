import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../model.ts';
import { readNft } from './read-nft.ts';
import {
  chain,
  DADDR,
  DPORT,
  fixture,
  listing,
  match,
  OUTPUT,
  rule,
  set,
  TABLE,
  tables,
} from './testing/listing.ts';

describe('large listings', { timeout: 60_000 }, () => {
  const addresses = Array.from(
    { length: 100_000 },
    (_, index) => `11.${index >> 14}.${(index >> 6) & 255}.${(index & 63) * 4}`,
  );

  it('reads a set of 100,000 once, however many rules ask for it', () => {
    const text = listing(
      TABLE,
      OUTPUT,
      set('many', ...addresses),
      ...Array.from({ length: 5_000 }, (_, bit) =>
        rule(match(DADDR, '@many'), match({ '&': [DADDR, bit] }, '@many'), { drop: null }),
      ),
    );
    const began = process.cpuUsage();
    const read = chain(readNft(text)).rules;
    const { user, system } = process.cpuUsage(began);
    // Measured: 0.3 s. Processor time, since the other tests share the machine.
    expect((user + system) / 1e6).toBeLessThan(3);
    const [first, last] = [read[0], read.at(-1)].map((found) => found?.statements[1]);
    expect(
      last?.kind === 'match' && first?.kind === 'match' && last.alternatives === first.alternatives,
    ).toBe(true);
  });

  it('refuses to read them without end', () => {
    const concatenated = addresses.map((address) => ({ concat: [address, 80] }));
    const text = listing(
      TABLE,
      OUTPUT,
      set('many', ...concatenated),
      ...Array.from({ length: 50 }, (_, bit) =>
        rule(match({ concat: [{ '&': [DADDR, bit + 1] }, DPORT] }, '@many')),
      ),
    );
    expect(readNft(text)).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });
});

describe('hostile changes of a real listing', { timeout: 60_000 }, () => {
  type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

  function places(
    value: Json,
    found: { holder: Json[] | { [key: string]: Json }; key: string | number }[],
  ): void {
    if (Array.isArray(value))
      for (const [key, inner] of value.entries()) {
        found.push({ holder: value, key });
        places(inner, found);
      }
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        found.push({ holder: value, key });
        places(inner, found);
      }
  }

  const strange = fc.oneof(
    fc.constantFrom<Json>(
      null,
      true,
      '',
      '@met',
      '@',
      '*',
      '__proto__',
      -1,
      1e308,
      2 ** 53,
      0.5,
      [],
      {},
      [[]],
      { set: [] },
      { set: null },
      { range: [1, 0] },
      { prefix: { addr: '::', len: 129 } },
      { concat: [] },
      { elem: {} },
      { jump: { target: 'out' } },
      { map: { key: { meta: { key: 'mark' } }, data: '@lan' } },
      { '&': [{ meta: { key: 'mark' } }, 'x'] },
      { payload: { protocol: 'th', field: 'dport' } },
      { meta: { key: 'oifname' } },
    ),
    fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as Json),
    fc.string({ maxLength: 12 }),
    fc.integer(),
  );

  it.each(['home.json', 'iptables-nft.json'])('of %s give tables or an error, and never throw', (name) => {
    const original = fixture(name);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), strange, fc.constantFrom('replace', 'remove', 'rename', 'copy')), {
          minLength: 1,
          maxLength: 4,
        }),
        (edits) => {
          const document = JSON.parse(original) as Json;
          for (const [at, value, how] of edits) {
            const found: Parameters<typeof places>[1] = [];
            places(document, found);
            const place = found[at % found.length];
            const source = found[(at * 7 + 3) % found.length];
            if (!place || !source) continue;
            const holder = place.holder as Record<string | number, Json>;
            if (how === 'replace') holder[place.key] = value;
            else if (how === 'copy')
              holder[place.key] = structuredClone(
                (source.holder as Record<string | number, Json>)[source.key] as Json,
              );
            else if (how === 'remove' && Array.isArray(place.holder))
              place.holder.splice(Number(place.key), 1);
            else {
              const kept = holder[place.key] as Json;
              delete holder[place.key];
              if (how === 'rename' && !Array.isArray(place.holder)) holder[String(value).slice(0, 20)] = kept;
            }
          }
          const result = readNft(JSON.stringify(document));
          if (result.ok) expect(result.tables.every(({ chains }) => chains instanceof Map)).toBe(true);
          else expect(result.error.message).not.toBe('');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('cut anywhere are never fewer rules', () => {
    const original = fixture('home.json').trimEnd();
    fc.assert(
      fc.property(fc.nat({ max: original.length - 1 }), (length) => {
        expect(readNft(original.slice(0, length)).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('never lose a rule that they still have', () => {
    const read = tables(readNft(fixture('home.json')));
    const found: Rule[] = read.flatMap(({ chains }) => [...chains.values()].flatMap((each) => each.rules));
    expect(found.filter(({ handle }) => handle !== null)).toHaveLength(15);
  });
});
