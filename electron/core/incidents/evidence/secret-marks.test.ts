import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SecretMarks } from './secret-marks.ts';

const TOKEN = 'ab'.repeat(32);
const DIGEST = 'cd'.repeat(32);

const JWT = `eyJ${'aB1-'.repeat(5)}.eyJ${'-sk-aB1_'.repeat(5)}.${'cD2-'.repeat(5)}`;

const marked = (text: string) => {
  const marks = new SecretMarks([TOKEN]);
  const { content, sealed } = marks.mark(Buffer.from(text, 'latin1'));
  return { text: content.toString('latin1'), sealed, secrets: marks.secrets() };
};

it.each([
  [`X ${TOKEN}Y${TOKEN}`, 'X [[sealed 0001]]Y[[sealed 0001]]', 2],
  [`key sk-ant-${'x1'.repeat(12)} end`, 'key [[sealed 0001]] end', 1],
  ['Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer [[sealed 0001]]', 1],
  ['https://me:hunter22@host/', 'https://me:[[sealed 0001]]@host/', 1],
  ['DB_PASSWORD=correct-horse', 'DB_PASSWORD=[[sealed 0001]]', 1],
  ['run --token abcdef123456 now', 'run --token [[sealed 0001]] now', 1],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', '[[sealed 0001]]\n', 1],
  [`a ${JWT}.`, 'a [[sealed 0001]].', 1],
  [`session-${JWT} ${JWT}`, 'session-[[sealed 0001]] [[sealed 0001]]', 2],
])('takes secrets out: %s', (text, expected, sealed) => {
  expect(marked(text)).toMatchObject({ text: expected, sealed });
});

it.each([
  `${DIGEST}  /home/miu/x.py`,
  'token_path=/etc/x/token',
  'the keyboard: banana bread',
  'PasswordAuthentication no',
  'a\0b\xff',
])('leaves the rest as it is: %s', (text) => {
  expect(marked(text)).toMatchObject({ text, sealed: 0, secrets: {} });
});

it('keeps what a mark stands for, so that the first bytes can be had again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (before, after) => {
      const bytes = Buffer.concat([before, Buffer.from(TOKEN), after]);
      const marks = new SecretMarks([TOKEN]);
      const { content } = marks.mark(bytes);
      expect(content.includes(TOKEN)).toBe(false);
      let text = content.toString('latin1');
      for (const [number, secret] of Object.entries(marks.secrets()))
        text = text.replaceAll(`[[sealed ${number}]]`, Buffer.from(secret, 'base64').toString('latin1'));
      expect(text).toBe(bytes.toString('latin1'));
    }),
  );
});

it('never lets a mark stand for a secret that is not the one behind it, however many there are', () => {
  const marks = new SecretMarks([TOKEN]);
  const line = (at: number) => `PASSWORD=secret-${at}\n`;
  const lines = Array.from({ length: 600 }, (_, at) => line(at)).join('');
  const { content, sealed } = marks.mark(Buffer.from(`${lines}${line(3)}${line(550)}`));
  const told = content.toString('latin1').trim().split('\n');
  expect([told[511], told[512], told[599]]).toEqual([
    'PASSWORD=[[sealed 0512]]',
    'PASSWORD=[[removed]]',
    'PASSWORD=[[removed]]',
  ]);
  expect(told.slice(600)).toEqual(['PASSWORD=[[sealed 0004]]', 'PASSWORD=[[removed]]']);
  expect([sealed, marks.givenUp, Object.keys(marks.secrets()).length]).toEqual([602, 89, 512]);
  // Marks are not marked again.
  expect(marks.mark(content)).toEqual({ content, sealed: 0 });
});

it.each([
  ['first lines of keys', '-----BEGIN PRIVATE KEY-----', 600_000],
  ['beginnings of web tokens', 'eyJ-', 4_000_000],
  ['names without values', `--${'keytoken'.repeat(9)}`, 100_000],
])('does not hang on %s', { timeout: 20_000 }, (_, unit, times) => {
  const content = Buffer.from(unit.repeat(times), 'latin1');
  expect(new SecretMarks([TOKEN]).mark(content).sealed).toBe(0);
});
