import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configDisk } from './config-disk.ts';
import { readSshConfig } from './ssh-config.ts';

const SSH = spawnSync('ssh', ['-V']).status === 0;

/** What OpenSSH itself makes of a file, for one name; the files here have no `Match` that it could run. */
function asOpenSsh(file: string, name: string): Map<string, string> {
  const text = execFileSync('ssh', ['-G', '-F', file, '--', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Map(
    text
      .split('\n')
      .toReversed()
      .map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
}

describe('~/.ssh/config on the disk', () => {
  let home: string;
  let file: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'swarmkeep-ssh-config-'));
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    file = join(home, '.ssh', 'config');
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it('means the same to OpenSSH', async (ctx) => {
    if (!SSH) return ctx.skip('needs the OpenSSH client');
    const names = fc.constantFrom('miu', 'boa', 'Naru', 'pi.local');
    const patterns = fc.array(
      fc.oneof(names, fc.constantFrom('*', 'm?u', '*.local', '!boa', '!*.local', '?????*')),
      { minLength: 1, maxLength: 3 },
    );
    const setting = fc.oneof(
      fc.constantFrom('User ines', 'User=root', 'Port 2222', 'Port "23"', '  Port = 24 # night'),
      fc.constantFrom('HostName %h.example', 'HostName 10.0.0.7', 'HostName a%%b', 'hostname 2001:db8::7'),
      fc.constantFrom(
        'ProxyJump none',
        'ProxyCommand none',
        'ProxyJump boa',
        'Compression yes',
        'Include inner',
      ),
      patterns.map((words) => `Host ${words.join(' ')}`),
      fc.constant('Match all'),
    );
    const text = fc.array(setting, { maxLength: 10 }).map((lines) => lines.join('\n'));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(text, text, async (outer, inner) => {
        writeFileSync(join(home, '.ssh', 'inner'), inner.replaceAll('Include inner', ''), { mode: 0o600 });
        const all = `${outer.replaceAll('Include inner', `Include ${home}/.ssh/inner`)}\nHost miu boa Naru pi.local\n`;
        writeFileSync(file, all, { mode: 0o600 });
        const { hosts } = await readSshConfig(home, configDisk);
        const host = hosts.find(({ name }) => name === 'miu') ?? null;
        const seen = asOpenSsh(file, 'miu');
        if (host?.address) {
          compared += 1;
          expect(host.address.host).toBe(seen.get('hostname'));
          expect(String(host.address.port)).toBe(seen.get('port'));
          if (host.address.user !== undefined) expect(host.address.user).toBe(seen.get('user'));
          expect(seen.get('proxyjump') ?? 'none').toBe('none');
        } else expect(`${seen.get('hostname')} ${seen.get('proxyjump') ?? ''}`).toMatch(/%| ./);
      }),
      { numRuns: 25, seed: 7 },
    );
    expect(compared).toBeGreaterThan(5);
  });

  it('runs nothing, where ssh -G would', async () => {
    const canary = join(home, 'canary');
    writeFileSync(file, `Match exec "touch ${canary}"\n  User eve\nHost miu\n`, { mode: 0o600 });
    expect(await readSshConfig(home, configDisk)).toMatchObject({ leftOut: 1, hosts: [{ name: 'miu' }] });
    expect(existsSync(canary)).toBe(false);
    if (!SSH) return;
    execFileSync('ssh', ['-G', '-F', file, '--', 'miu'], { stdio: 'ignore' });
    expect(existsSync(canary), 'the canary would have shown it').toBe(true);
  });

  it.skipIf(process.platform === 'win32')(
    'reads no file that others can write, and nothing but files',
    async () => {
      writeFileSync(file, 'Host miu\nInclude pipe folder loose\n', { mode: 0o600 });
      execFileSync('mkfifo', ['-m', '600', join(home, '.ssh', 'pipe')]);
      mkdirSync(join(home, '.ssh', 'folder'));
      writeFileSync(join(home, '.ssh', 'loose'), 'Host eve\n');
      chmodSync(join(home, '.ssh', 'loose'), 0o666);
      const { hosts, problems } = await readSshConfig(home, configDisk);
      expect(hosts.map(({ name }) => name)).toEqual(['miu']);
      expect(problems).toEqual([
        expect.stringContaining('pipe is no plain file'),
        expect.stringContaining('folder is no plain file'),
        expect.stringContaining('other accounts'),
      ]);
    },
  );
});
