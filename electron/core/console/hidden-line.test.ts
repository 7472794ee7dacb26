import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readHiddenLine } from './hidden-line.ts';

function keyboard(isTTY = true) {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => raw.push(on) });
  const written: string[] = [];
  const asked = Promise.withResolvers<void>();
  const write = (text: string) => {
    written.push(text);
    asked.resolve();
  };
  return { input, raw, written, output: { write }, asked: asked.promise };
}

it('takes a line and shows nothing of it', async () => {
  const { input, output, raw, written, asked } = keyboard();
  const line = readHiddenLine(input, output, 'Password: ');
  await asked;
  input.write('hunt');
  input.write('err\u007f2\u0015s3cret ü\r');
  expect(await line).toBe('s3cret ü');
  expect(written.join('')).toBe('Password: \n');
  expect(raw.at(-1)).toBe(false);
});

it('takes nothing that was typed before the question stands there', async () => {
  const { input, output, asked } = keyboard();
  input.write('typed minutes ago\r');
  const line = readHiddenLine(input, output, 'Password: ');
  input.write('and before the question is printed\r');
  await asked;
  input.write('now\r');
  expect(await line).toBe('now');
});

it.each(['\u0003', '\u0004', 'abc\u0003'])('is a no on %j', async (keys) => {
  const { input, output, asked } = keyboard();
  const line = readHiddenLine(input, output, 'Password: ');
  await asked;
  input.write(keys);
  expect(await line).toBeNull();
});

it('asks nobody where there is no terminal, gives up in time, and is taken back', async () => {
  const pipe = keyboard(false);
  expect(await readHiddenLine(pipe.input, pipe.output, 'Password: ')).toBeNull();
  expect(pipe.written).toEqual([]);
  const { input, output, raw } = keyboard();
  expect(await readHiddenLine(input, output, 'Password: ', { withinMs: 5 })).toBeNull();
  expect(raw.at(-1)).toBe(false);
  const other = keyboard();
  const end = new AbortController();
  const line = readHiddenLine(other.input, other.output, 'Password: ', { signal: end.signal });
  await other.asked;
  end.abort();
  expect(await line).toBeNull();
});

it('is not asked any more when it was taken back while what was typed before was thrown away', async () => {
  const { input, output, written } = keyboard();
  const end = new AbortController();
  const line = readHiddenLine(input, output, 'Password: ', { signal: end.signal });
  end.abort();
  expect(await line).toBeNull();
  expect(written).toEqual([]);
});
