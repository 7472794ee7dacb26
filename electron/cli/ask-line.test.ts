import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askLine } from './ask-line.ts';

/** A terminal as far as a question needs one. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const output = new PassThrough();
  let said = '';
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const asked = (async () => {
    while (!said.includes('Agree? ')) await new Promise((resolve) => setImmediate(resolve));
  })();
  return { input, output, said: () => said, asked };
}

describe('a question in a terminal', () => {
  it('takes a line, and nothing that was typed before it stood there', async () => {
    const { input, output, asked } = terminal();
    input.write('yes\n');
    const answer = askLine(input, output, 'Agree? ', { quietMs: 5 });
    await asked;
    input.write('no\n');
    await expect(answer).resolves.toBe('no');
  });

  it('counts silence as no after its time, says so, and leaves nothing waiting', async () => {
    const { input, output, said } = terminal();
    await expect(askLine(input, output, 'Agree? ', { quietMs: 5, withinMs: 20 })).resolves.toBeNull();
    expect(said()).toContain('Nobody answered in time. That counts as no.');
    expect(input.listenerCount('data')).toBe(0);
  });

  it('ends with its terminal, with the one who asked, and asks nobody where there is none', async () => {
    const closed = terminal();
    const gone = askLine(closed.input, closed.output, 'Agree? ', { quietMs: 5 });
    await closed.asked;
    closed.input.end();
    await expect(gone).resolves.toBeNull();
    const end = new AbortController();
    const back = terminal();
    const taken = askLine(back.input, back.output, 'Agree? ', { quietMs: 5, signal: end.signal });
    await back.asked;
    end.abort();
    await expect(taken).resolves.toBeNull();
    expect(back.said()).not.toContain('in time');
    const piped = Object.assign(new PassThrough(), { isTTY: false });
    await expect(askLine(piped, new PassThrough(), 'Agree? ')).resolves.toBeNull();
  });
});
