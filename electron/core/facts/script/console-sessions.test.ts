import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CONSOLE_SESSIONS, consoleSessions, readSessions } from './console-sessions.ts';
import { PRELUDE } from './prelude.ts';
import { readRecords } from './records.ts';

const session = (id: string, values: Record<string, string>) =>
  Object.entries({
    USER: 'anna',
    CLASS: 'user',
    SERVICE: 'sshd',
    TTY: '',
    REMOTE_HOST: '10.0.0.2',
    ...values,
  })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `/run/systemd/sessions/${id}:${name}=${value}\n`)
    .join('');
const ours = (own: string, ...files: string[]) => [...consoleSessions(readSessions(files.join('')), own)];

describe('sessions of the console itself', () => {
  it('are the one that looks and those beside it from the same place, without a terminal', () => {
    expect(
      ours(
        '4',
        session('4', {}),
        session('5', {}),
        session('6', { TTY: 'pts/0' }),
        session('7', { REMOTE_HOST: '10.0.0.3' }),
        session('8', { USER: 'bob' }),
        session('9', { SERVICE: 'cron' }),
      ),
    ).toEqual(['4', '5']);
  });

  it('are none where somebody looks from a terminal or at this computer', () => {
    expect(ours('4', session('4', { TTY: 'pts/0' }), session('5', {}))).toEqual([]);
    expect(ours('4', session('4', { SERVICE: 'login', REMOTE_HOST: '' }), session('5', {}))).toEqual([]);
    expect(ours('', session('5', {}))).toEqual([]);
    expect(ours('99', session('5', {}))).toEqual([]);
  });

  it('are asked for by words that every shell reads', () => {
    const { stdout, stderr } = spawnSync('/bin/sh', ['-s'], { input: `${PRELUDE}\n${CONSOLE_SESSIONS}\n` });
    const tags = readRecords({ stdout }).records.map(({ tag, fields }) => [tag, fields.length]);
    expect(stderr.toString()).toBe('');
    expect(tags).toEqual([
      ['own-session', 1],
      ['sessions', 1],
    ]);
  });
});
