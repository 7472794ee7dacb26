import fc from 'fast-check';
import { expect, it } from 'vitest';
import { knockScript, readKnocks } from './from-node.ts';

const TARGETS = [
  { address: '192.168.1.24', port: 7_890 },
  { address: 'fd00::1', port: 22 },
];

it('reads what a node says of each target once, the first answer first', () => {
  const said = '0 open 192.168.1.9\n1 no-answer -\n0 refused 192.168.1.9\nend\n';
  expect(readKnocks(said, TARGETS)).toEqual([
    { ...TARGETS[0], outcome: 'open', from: '192.168.1.9' },
    { ...TARGETS[1], outcome: 'no-answer', from: null },
  ]);
});

it('takes nothing of an answer that broke off', () => {
  expect(readKnocks('0 open 192.168.1.9\n', TARGETS)).toBeNull();
  expect(readKnocks('', TARGETS)).toBeNull();
});

it('keeps to targets and words that were asked for, whatever a node says', () => {
  const word = fc.constantFrom(
    '0',
    '1',
    '2',
    '9999',
    '-1',
    'open',
    'refused',
    'evil',
    '1.2.3.4',
    '-',
    '\u001b[31m',
    'x'.repeat(300),
  );
  fc.assert(
    fc.property(fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 30 }), (lines) => {
      const made = readKnocks(`${lines.map((words) => words.join(' ')).join('\n')}\nend\n`, TARGETS);
      expect(made?.length).toBeLessThanOrEqual(TARGETS.length);
      for (const one of made ?? []) {
        expect(TARGETS).toContainEqual({ address: one.address, port: one.port });
        expect(['open', 'refused', 'no-answer', 'unreachable']).toContain(one.outcome);
        expect(one.from === null || /^[0-9a-f.:]+$/i.test(one.from)).toBe(true);
      }
    }),
  );
});

it('writes a program that no quote ends', () => {
  const script = knockScript(TARGETS);
  const program = script.slice(script.indexOf("PROGRAM='") + 9);
  expect(program.slice(0, program.indexOf("'"))).toMatch(/print\("end",flush=True\)$/);
});
