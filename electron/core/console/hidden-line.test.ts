import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readHiddenLine } from './hidden-line.ts';

function keyboard(isTTY = true) {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => raw.push(on) });
  const written: string[] = [];
  return { input, raw, written, output: { write: (text: string) => written.push(text) } };
}

it('takes a line and shows nothing of it', async () => {
  const { input, output, raw, written } = keyboard();
  const line = readHiddenLine(input, output, 'Password: ');
  input.write('hunt');
  input.write('err\u007f2\u0015s3cret ü\r');
  expect(await line).toBe('s3cret ü');
  expect(written.join('')).toBe('Password: \n');
  expect(raw).toEqual([true, false]);
});

it.each(['\u0003', '\u0004', 'abc\u0003'])('is a no on %j', async (keys) => {
  const { input, output } = keyboard();
  const line = readHiddenLine(input, output, 'Password: ');
  input.write(keys);
  expect(await line).toBeNull();
});

it('asks nobody where there is no terminal, and gives up in time', async () => {
  const pipe = keyboard(false);
  expect(await readHiddenLine(pipe.input, pipe.output, 'Password: ')).toBeNull();
  expect(pipe.written).toEqual([]);
  const { input, output, raw } = keyboard();
  expect(await readHiddenLine(input, output, 'Password: ', 5)).toBeNull();
  expect(raw).toEqual([true, false]);
});
