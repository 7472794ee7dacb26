import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { WITH_SUDO } from './ssh.ts';
import { REFUSED, SudoMemory } from './sudo-memory.ts';

const end = (stderr: string) => ({ exitCode: 0, stderr, cut: false, tookMs: 1 });

describe('what is remembered of sudo', () => {
  it('keeps runs that begin again by themselves from trying again and again, and nobody else', () => {
    let now = 0;
    const memory = new SudoMemory(() => now);
    expect(memory.asks('unless-refused')).toBe(true);
    expect(memory.heard(end(`${REFUSED}\nother words\n`), true).stderr).toBe('other words\n');
    expect(memory.asks('unless-refused')).toBe(false);
    expect(memory.asks(true)).toBe(true);
    now = 16 * 60_000;
    expect(memory.asks('unless-refused')).toBe(true);
  });

  it('forgets it as soon as a run was root, and not for one that did not try', () => {
    const memory = new SudoMemory(() => 0);
    memory.heard(end(`${REFUSED}\n`), true);
    memory.heard(end(''), false);
    expect(memory.asks('unless-refused')).toBe(false);
    memory.heard(end(''), true);
    expect(memory.asks('unless-refused')).toBe(true);
  });

  it('is what the words for a node say, where sudo refuses', () => {
    // An ordinary account for which sudo is not there, or wants a password.
    const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : [];
    const [program = 'sh', ...rest] = [...asNobody, 'sh', '-c', WITH_SUDO];
    const { stdout, stderr } = spawnSync(program, rest, { input: 'echo "as $1"\n' });
    expect([stdout.toString(), stderr.toString()]).toEqual(['as \n', `${REFUSED}\n`]);
  });
});
