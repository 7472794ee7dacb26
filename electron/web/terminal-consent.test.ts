import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalConsent } from './terminal-consent.ts';

const question = { title: 'Close port 7890', lines: ['nft -f …'] };

function terminal(isTTY: boolean) {
  return Object.assign(new PassThrough(), { isTTY });
}

describe('consent in the terminal', () => {
  it('is given by the whole word yes and by nothing else', async () => {
    for (const [typed, agreed] of [
      ['yes\n', true],
      [' YES \n', true],
      ['y\n', false],
      ['\n', false],
      ['yes please\n', false],
    ] as const) {
      const input = terminal(true);
      const output = new PassThrough();
      const answer = terminalConsent(input, output).ask(question);
      input.write(typed);
      await expect(answer).resolves.toBe(agreed);
      expect(String(output.read())).toContain('nft -f …');
    }
  });

  it('is refused without a terminal, when it is closed, and when nobody answers', async () => {
    const piped = terminal(false);
    piped.write('yes\n');
    await expect(terminalConsent(piped, new PassThrough()).ask(question)).resolves.toBe(false);
    const closed = terminal(true);
    const answer = terminalConsent(closed, new PassThrough()).ask(question);
    closed.end();
    await expect(answer).resolves.toBe(false);
    await expect(terminalConsent(terminal(true), new PassThrough(), 5).ask(question)).resolves.toBe(false);
  });
});
