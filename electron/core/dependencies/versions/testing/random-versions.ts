/** A source of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Numbers that are close to each other, so that pairs are often equal in most parts; some with zeros before, some huge. */
const NUMBERS = [
  '0',
  '1',
  '2',
  '9',
  '10',
  '00',
  '01',
  '2024',
  '20241010',
  '20241010123456789012',
  '99999999999999999999',
];
const PRE = ['a', 'b', 'c', 'rc', 'alpha', 'beta', 'pre', 'preview', 'RC', 'Alpha'];
const POST = ['post', 'rev', 'r', 'POST'];
const LOCAL = ['ubuntu', '1', '01', 'cu118', '1e5', '0x10', 'abc', 'Deb', '20241010123456789013'];
const WILD = [
  '2004d',
  '0-0-1',
  '1.0.dev-r5',
  '1.0-final',
  'dev',
  '2.4preview1-foo',
  'latest',
  '1..0',
  '1.0_x',
  '3-build',
];

/**
 * A version in one of the many ways in which PEP 440 lets it be written; seldom one that is none.
 * @param random numbers from 0 to 1
 * @param wild share of versions that are none by PEP 440
 * @param given its release segment; a random one when left out
 */
export function randomVersion(random: () => number, wild = 0, given?: string): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const maybe = (share: number, make: () => string): string => (random() < share ? make() : '');
  if (random() < wild) return pick(WILD);
  const separator = (): string => pick(['', '.', '-', '_']);
  const small = (): string => pick(random() < 0.9 ? NUMBERS.slice(0, 6) : NUMBERS);
  const release = given ?? Array.from({ length: 1 + Math.floor(random() * 4) }, small).join('.');
  return [
    maybe(0.1, () => 'v'),
    maybe(0.1, () => `${pick(['0', '1'])}!`),
    release,
    maybe(0.35, () => `${separator()}${pick(PRE)}${separator()}${small()}`),
    maybe(0.05, () => pick(PRE)),
    maybe(0.3, () =>
      random() < 0.3 ? `-${small()}` : `${separator()}${pick(POST)}${separator()}${small()}`,
    ),
    maybe(0.3, () => `${separator()}dev${maybe(0.8, small)}`),
    maybe(0.3, () => `+${pick(LOCAL)}${maybe(0.5, () => `${pick(['.', '-', '_'])}${pick(LOCAL)}`)}`),
  ].join('');
}

/** Two versions; of the same release more often than not, so that what follows it decides. */
export function randomPair(random: () => number, wild = 0): [string, string] {
  const left = randomVersion(random, wild);
  const release = /\d+(?:\.\d+)*/.exec(left)?.[0];
  const same = random() < 0.6;
  return [
    left,
    randomVersion(random, wild, same ? `${release ?? '1'}${random() < 0.3 ? '.0' : ''}` : undefined),
  ];
}

/**
 * What Debian's python3-packaging says about pairs: reads one JSON array `[left, right]` a line and answers -1, 0 or 1, or `x` when
 * one of them is no version by PEP 440.
 */
export const PACKAGING_ORACLE = `
import json, sys
from packaging.version import Version, InvalidVersion
for line in sys.stdin:
    left, right = json.loads(line)
    try:
        a, b = Version(left), Version(right)
    except InvalidVersion:
        print('x')
        continue
    print((a > b) - (a < b))
`;
