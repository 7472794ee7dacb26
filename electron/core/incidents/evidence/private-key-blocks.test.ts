import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { privateKeyBlocks } from './private-key-blocks.ts';

const begin = (label = '') => `-----BEGIN ${label}PRIVATE KEY-----`;
const end = (label = '') => `-----END ${label}PRIVATE KEY-----`;
const found = (text: string) => privateKeyBlocks(text).map(([from, behind]) => text.slice(from, behind));

it('finds private keys, from the first line on, and nothing without both lines', () => {
  const key = `${begin('EC ')}\nAAAA\n${end('EC ')}`;
  const nested = `${begin()}\n${begin()}\nB\n${end()}`;
  expect(found(`x${key}\n${nested}${end()}y${begin()}`)).toEqual([key, nested]);
  expect(found(`${end()} ${begin()} -----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----`)).toEqual([]);
  expect(found(begin() + end())).toEqual([]);
  const far = begin() + 'A'.repeat(16_385);
  expect(found(far + key)).toEqual([key]);
  expect(found(`${begin()}${'A'.repeat(16_384)}${end()}`)).toHaveLength(1);
});

it('finds what a search for one block after the other finds', () => {
  const whole =
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]{1,16384}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
  const piece = fc.constantFrom(
    begin(),
    end(),
    begin('RSA '),
    end('RSA '),
    '-----',
    '\n',
    'A',
    '-----BEGIN ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      expect(found(text)).toEqual(text.match(whole) ?? []);
    }),
  );
});

it.each([
  ['first lines alone', begin(), ''],
  ['last lines alone', end(), ''],
  ['first lines and a late last one', begin(), end()],
  ['heads of lines', '-----BEGIN -----END ', ''],
])('looks at each character a few times at most, whatever it is given: %s', (_, unit, last) => {
  const looked = (times: number): number => {
    const text = unit.repeat(times) + last;
    const searches = vi.spyOn(String.prototype, 'indexOf');
    const tests = vi.spyOn(RegExp.prototype, 'test');
    privateKeyBlocks(text);
    const passed = searches.mock.calls.map(([, from = 0], at) => {
      const to = searches.mock.results[at]?.value as number;
      return (to < 0 ? text.length : to) - from + 1;
    });
    // A label is 52 characters at most.
    const steps = passed.reduce((sum, one) => sum + one, 0) + tests.mock.calls.length * 52;
    searches.mockRestore();
    tests.mockRestore();
    return steps / text.length;
  };
  const [one, two, four] = [looked(2_000), looked(4_000), looked(8_000)];
  expect(one).toBeGreaterThan(0.5);
  expect(two).toBeLessThan(one * 1.5);
  expect(four).toBeLessThan(one * 1.5);
  expect(four).toBeLessThan(16);
});
