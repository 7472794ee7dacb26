import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const here = join(import.meta.dirname, 'testing');

it('follows the real journald by its cursors, and tells who only claims to be sshd', {
  timeout: 150_000,
}, (context) => {
  if (process.getuid?.() !== 0) context.skip('only root may make the namespace that this needs');
  if (!existsSync('/usr/sbin/sshd')) context.skip('sshd is not installed here');
  if (!existsSync('/lib/systemd/systemd-journald')) context.skip('systemd-journald is not installed here');
  if (spawnSync('unshare', ['-m', 'true']).status !== 0)
    context.skip('unshare(1) may not make a mount namespace here');
  const run = spawnSync(
    'unshare',
    [
      ...['-m', '--propagation', 'private', 'sh', join(here, 'own-journald.sh')],
      ...[process.execPath, join(here, 'read-own-journal.ts')],
    ],
    { encoding: 'utf8', timeout: 140_000, env: { PATH: process.env.PATH } },
  );
  expect(run.stderr).toBe('');
  const { seen, gaps } = JSON.parse(run.stdout);
  expect(gaps).toEqual([]);
  expect(seen.map(({ message }: { message: string }) => message.slice(0, 30))).toEqual([
    'Accepted password for ines fro',
    'Accepted password for root fro',
    'while nobody looked',
    'long xxxxxxxxxxxxxxxxxxxxxxxxx',
    'Accepted password for root fro',
  ]);
  expect(seen[0]).toMatchObject({
    logsource: { service: 'sshd' },
    fields: { User: 'ines', SourceIp: '192.168.1.5', action: 'login', uid: 0 },
  });
  expect(seen[1]).toMatchObject({
    logsource: { service: 'syslog' },
    fields: { forged: 'not-of-that-program', uid: 65_534 },
  });
  expect(seen[1].fields).not.toHaveProperty('User');
  // journald itself takes it for sshd.
  expect(seen[4]).toMatchObject({
    logsource: { service: 'syslog' },
    fields: { Image: '/usr/sbin/sshd', unproven: 'sender', uid: 65_534 },
  });
  expect(seen[4].fields).not.toHaveProperty('User');
  expect(seen[3].message).toContain('\u001b[31m');
});
