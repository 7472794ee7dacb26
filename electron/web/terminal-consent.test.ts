import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalConsent } from './terminal-consent.ts';

const question = { title: 'Close port 7890', lines: ['nft -f …'] };
const QUIET = { quietMs: 20 };

/** A keyboard, and a screen that can be waited for. */
function terminal(isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined });
  const output = new PassThrough();
  let text = '';
  let told: () => void = () => undefined;
  output.on('data', (chunk) => {
    text += chunk;
    told();
  });
  const shows = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve) => {
      told = () => {
        const found = text.match(pattern);
        if (found) resolve(found);
      };
      told();
    });
  return { input, output, shows, shown: () => text };
}

const NUMBER = /Type yes (\d{4}) to agree[^\n]*: $/;

describe('consent in the terminal', () => {
  it('is given by yes with the number of the question and by nothing else', async () => {
    for (const [typed, agreed] of [
      ['yes N\n', true],
      [' YES  N \n', true],
      ['y\n', false],
      ['\n', false],
      ['no yes N\n', false],
    ] as const) {
      const { input, output, shows, shown } = terminal();
      const answer = terminalConsent(input, output, QUIET).ask(question);
      const [, number = ''] = await shows(NUMBER);
      input.write(typed.replace('N', number));
      await expect(answer).resolves.toBe(agreed);
      expect(shown()).toContain('nft -f …');
    }
  });

  it('is not given by a yes alone or with another number; the next try has a new number', async () => {
    const { input, output, shows, shown } = terminal();
    const answer = terminalConsent(input, output, QUIET).ask(question);
    const [, first = ''] = await shows(NUMBER);
    input.write('yes\n');
    await shows(/not the number of this question\.\nType yes \d{4}/);
    input.write(`yes ${first === '1000' ? '1001' : '1000'}\n`);
    await shows(/(?:not the number of this question\.[\s\S]*){2}Type yes \d{4}/);
    input.write('yes please\n');
    await expect(answer).resolves.toBe(false);
    expect(new Set(shown().match(/yes \d{4}/g)).size).toBeGreaterThan(1);
  });

  it('counts nothing that was typed before, for consent or for a password', async () => {
    const { input, output, shows } = terminal();
    input.write('yes\nhunter2\n');
    const gate = terminalConsent(input, output, QUIET);
    const answer = gate.ask(question);
    const [, number = ''] = await shows(NUMBER);
    input.write(`yes ${number}\nhunter2\n`);
    await expect(answer).resolves.toBe(true);
    const password = gate.askPassword?.({ title: 'Password of sudo on miu', lines: [] });
    await shows(/Password of sudo on miu: $/);
    input.write('right\r');
    await expect(password).resolves.toBe('right');
  });

  it('is refused without a terminal, when it is closed, when nobody answers, and when it is taken back', async () => {
    const piped = terminal(false);
    piped.input.write('yes\n');
    expect(terminalConsent(piped.input, piped.output).canAsk).toBe(false);
    await expect(terminalConsent(piped.input, piped.output).ask(question)).resolves.toBe(false);
    const closed = terminal();
    const answer = terminalConsent(closed.input, closed.output, QUIET).ask(question);
    closed.input.end();
    await expect(answer).resolves.toBe(false);
    const { input, output } = terminal();
    await expect(terminalConsent(input, output, { ...QUIET, withinMs: 5 }).ask(question)).resolves.toBe(
      false,
    );
    const back = terminal();
    const end = new AbortController();
    const asked = terminalConsent(back.input, back.output, QUIET).ask(question, { signal: end.signal });
    await back.shows(NUMBER);
    end.abort();
    await expect(asked).resolves.toBe(false);
    expect(back.shown()).toContain('taken back');
  });
});
