import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LoopbackSshd, startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { run } from './program.ts';
import type { CheckReport } from './report.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const WHY_NOT = whyNoSshd();

describe.skipIf(WHY_NOT !== null)(`nodes of ~/.ssh/config (${WHY_NOT ?? 'a real sshd'})`, () => {
  let sshd: LoopbackSshd;
  let fingerprint: string;
  let data: string;

  beforeAll(async () => {
    sshd = await startLoopbackSshd();
    await sshd.allowRoot();
    const home = join(sshd.folder, 'home-of-operator');
    data = join(sshd.folder, 'records-of-operator');
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    writeFileSync(
      join(home, '.ssh', 'config'),
      [
        'Host attic',
        '  HostName 127.0.0.1',
        `  Port ${sshd.port}`,
        `  User ${userInfo().username}`,
        `  IdentityFile ${sshd.identityFile}`,
        'Host odd',
        '  HostName 127.0.0.1',
        '  ProxyCommand touch proxy-was-run',
        'Match exec "touch match-was-run"',
        '  Port 1',
        '',
      ].join('\n'),
      { mode: 0o600 },
    );
    vi.stubEnv('HOME', home);
    fingerprint =
      execFileSync('ssh-keygen', ['-lf', '-'], { input: sshd.hostKeyLine, encoding: 'utf8' }).split(' ')[1] ??
      '';
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await sshd.close();
  });

  async function command(...args: string[]) {
    const { terminal, written } = capturedTerminal();
    const code = await run(['--data-dir', data, ...args], '0.0.0-test', terminal);
    return { code, ...written };
  }

  it('adds nothing whose key nobody confirmed, or that shows another one', async () => {
    const unasked = await command('node', 'import', 'attic');
    expect([unasked.code, unasked.error]).toEqual([2, expect.stringContaining('Nothing was added')]);
    const wrong = await command('node', 'import', 'attic', '--fingerprint', `SHA256:${'A'.repeat(43)}`);
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining('Nothing was added')]);
    expect(JSON.parse((await command('node', 'list', '--json')).out)).toEqual([]);
  });

  it('adds one by its name, and looks at it over SSH', async () => {
    const added = await command('node', 'import', 'attic', '--fingerprint', fingerprint, '--json');
    expect([added.code, added.error]).toEqual([0, expect.not.stringContaining('could not')]);
    const [node] = JSON.parse(added.out) as SwarmNode[];
    expect(node?.address).toMatchObject({ kind: 'ssh', host: '127.0.0.1', port: sshd.port });
    const again = await command('node', 'import', 'attic', '--fingerprint', fingerprint);
    expect(again.error).toMatch(/in the list already/);
    const looked = await command('check', '--node', 'attic', '--only', 'time-sync', '--json');
    const report = JSON.parse(looked.out) as CheckReport;
    expect(report.node.reachedBy).toBe('ssh');
    expect(report.findings.map(({ check }) => check)).toEqual(['time-sync']);
  });

  it('lists the others, with what cannot be taken, and ran nothing of them', async () => {
    const listed = await command('node', 'import');
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/^attic .*127\.0\.0\.1/m);
    expect(listed.out).toMatch(/^odd .*another machine or program/m);
    expect(listed.error).toMatch(/1 Match block/);
    const here = execFileSync('find', [sshd.folder, process.cwd(), '-maxdepth', '2', '-name', '*-was-run'], {
      encoding: 'utf8',
    });
    expect(here).toBe('');
  });
});
