import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./testing/consent-process.ts', import.meta.url));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** The gate in a real terminal: script(1) gives it one, and types there what is written to it. */
function inTerminal(beforeAskingMs: number) {
  const command = `'${process.execPath}' '${program}' ${beforeAskingMs}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  running.push(child);
  let text = '';
  let told = () => {};
  child.stdout?.on('data', (chunk) => {
    text += chunk;
    told();
  });
  return {
    type: (keys: string) => void child.stdin?.write(keys),
    shows: (pattern: RegExp): Promise<RegExpMatchArray> =>
      new Promise((resolve) => {
        told = () => {
          const found = text.match(pattern);
          if (found) resolve(found);
        };
        told();
      }),
    shown: () => text,
  };
}

it('takes lines that were typed before a question as no answer to it, in a real terminal', async () => {
  const terminal = inTerminal(1_000);
  await terminal.shows(/started/);
  terminal.type('yes\nhunter2\n');
  const [, number = ''] = await terminal.shows(/Type yes (\d{4}) to agree[^\n]*: /);
  expect(terminal.shown()).not.toContain('agreed=');
  // The password typed ahead, while the consent is answered, is thrown away too.
  terminal.type(`yes ${number}\nhunter2\n`);
  await terminal.shows(/agreed=true/);
  await terminal.shows(/Password of sudo on miu: /);
  terminal.type('right one\n');
  await terminal.shows(/password="right one"/);
  // What was typed at the question itself is not shown.
  expect(terminal.shown().split('Password of sudo on miu: ')[1]?.split('password=')[0]).not.toContain(
    'right one',
  );
});
