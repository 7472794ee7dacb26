import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ScriptHost, ScriptRun } from '../host.ts';
import { endedByUs, runProcess } from '../run-process.ts';

const STAND_IN = fileURLToPath(new URL('../../../../e2e/fixtures/stand-in-mycoswarm/', import.meta.url));
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/' };

/** For tests: an account of its own with the stand-in installed as the real installer leaves it. Needs root. */
export interface TestInstallation {
  name: string;
  uid: number;
  home: string;
  program: string;
  /** Runs sh as the account, in its home. */
  asAgent(script: string): string;
  start(port: number): Promise<void>;
  /** Ends the daemon and removes account and home. */
  remove(): Promise<void>;
}

/** Why no installation can be made here, or null. */
export function whyNoInstallation(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to make an account';
  for (const program of ['/usr/sbin/useradd', '/usr/bin/setpriv', '/usr/bin/python3']) {
    if (!existsSync(program)) return `needs ${program}`;
  }
  return null;
}

export function installStandIn(name: string, layout: 'venv' | 'pip-user'): TestInstallation {
  execFileSync('/usr/sbin/useradd', ['-m', '-s', '/bin/sh', name]);
  const uid = Number(execFileSync('/usr/bin/id', ['-u', name], { encoding: 'utf8' }));
  const home = `/home/${name}`;
  const rights = [
    '--reuid',
    String(uid),
    '--regid',
    String(uid),
    '--init-groups',
    'env',
    '-i',
    `HOME=${home}`,
    'PATH=/usr/bin:/bin',
  ];
  const asAgent = (script: string) =>
    execFileSync('/usr/bin/setpriv', [...rights, '/bin/sh', '-c', `cd && ${script}`], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  // The account may not be allowed to read the checkout: the files go in over standard input.
  const archive = execFileSync('/usr/bin/tar', ['-C', STAND_IN, '-cf', '-', '.']);
  execFileSync(
    '/usr/bin/setpriv',
    [...rights, '/bin/sh', '-c', 'mkdir "$HOME/unpacked" && tar -C "$HOME/unpacked" -xf -'],
    {
      input: archive,
    },
  );
  const program =
    asAgent(`sh unpacked/install.sh "$HOME" ${layout} && rm -rf unpacked`).trim().split('\n').at(-1) ?? '';
  let daemon: ChildProcess | null = null;
  return {
    name,
    uid,
    home,
    program,
    asAgent,
    async start(port) {
      daemon = spawn('/usr/bin/setpriv', [...rights, program, 'daemon', '--port', String(port)], {
        cwd: home,
        stdio: 'ignore',
      });
      for (let wait = 0; wait < 100; wait += 1) {
        const answered = await fetch(`http://127.0.0.1:${port}/health`).then(
          (response) => response.ok,
          () => false,
        );
        if (answered) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('the stand-in did not start');
    },
    async remove() {
      if (daemon && daemon.exitCode === null) {
        const ended = new Promise((resolve) => daemon?.once('exit', resolve));
        daemon.kill('SIGKILL');
        await ended;
      }
      execFileSync('/usr/sbin/userdel', [name]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** This machine, looked at with the rights of an account (0: root). */
export function hostAs(uid: number): ScriptHost {
  return {
    kind: 'local',
    hardware: async () => null,
    close: async () => {},
    async run(request: ScriptRun) {
      const result = await runProcess({
        ...request,
        program: '/usr/bin/setpriv',
        arguments: ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '/bin/sh', '-s'],
        environment: ENVIRONMENT,
      });
      if (result.how === 'ended') return { ok: true, end: result.end };
      if (result.how === 'not-started') throw result.error;
      return { ok: false, error: endedByUs(result.how) };
    },
  };
}

export function tokenOf(installation: TestInstallation): string {
  return readFileSync(`${installation.home}/.config/mycoswarm/swarm-token`, 'utf8').trim();
}
