import { describe, expect, it } from 'vitest';
import { buildProcesses } from './build.ts';
import { unitOfCgroup } from './cgroup.ts';
import { readTables } from './tables.ts';

const NUL = '\0';
const status = (pid: number, name: string, uid = 1000): string =>
  `${pid}/status:Name:\t${name}\nState:\tS (sleeping)\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t0\t0\t0\nGroups:\t4 27 \nNoNewPrivs:\t1\nSeccomp:\t2\nCapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n${NUL}`;
const stat = (pid: number, comm: string, parent: number, session: number, flags = 0): string =>
  `${pid}/stat:${pid} (${comm}) S ${parent} ${pid} ${session} 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n${NUL}`;
const clock = { self: 900, ticksPerSecond: 100, bootedAtSeconds: 1_000_000_000 };
const build = (text: string) => buildProcesses(readTables(Buffer.from(text, 'latin1')), clock);
const files = `@begin:1${NUL}files${NUL}`;

describe('processes', () => {
  it('puts together what belongs to one process', () => {
    const text = `@kernel:2${NUL}1${NUL}seen${NUL}${files}${status(12, 'mycoswarm')}${stat(12, 'mycoswarm', 1, 12)}12/cgroup:0::/system.slice/mycoswarm.service\n${NUL}12/attr/current:unconfined\n${NUL}12/cmdline:python${NUL}12/cmdline:${NUL}12/cmdline:--token${NUL}12/cmdline:abc123${NUL}@begin:1${NUL}names${NUL}12/environ:PATH=${NUL}12/environ:KEY=${NUL}@begin:1${NUL}values${NUL}12/environ:PATH=/bin${NUL}@begin:1${NUL}readable${NUL}12/environ:2${NUL}@begin:1${NUL}links${NUL}12/exe:/usr/bin/python3${NUL}12/ns/net:net:[4026531833]${NUL}`;
    expect(build(text)).toEqual([
      {
        pid: 12,
        parent: 1,
        uid: 1000,
        effectiveUid: 1000,
        gid: 1000,
        groups: [4, 27],
        name: 'mycoswarm',
        argv: ['python', '', '--token', '[redacted]'],
        environment: [
          { name: 'PATH', value: '/bin', empty: false },
          { name: 'KEY', value: null, empty: false },
        ],
        executable: '/usr/bin/python3',
        workingDirectory: null,
        startedAt: '2001-09-09T01:46:45.000Z',
        cgroup: '/system.slice/mycoswarm.service',
        unit: 'mycoswarm.service',
        namespaces: { net: '4026531833' },
        seccomp: 2,
        noNewPrivileges: true,
        capabilitiesEffective: '0000000000000000',
        capabilitiesBounding: '000001ffffffffff',
        apparmor: 'unconfined',
      },
    ]);
  });

  it('lets no process speak for another one', () => {
    const text = `${files}${status(12, 'x')}${stat(12, ') S 1 1 1 0 -1 0', 7, 12)}12/cmdline:a\n13/status:Name:\troot\nUid:\t0\t0\t0\t0\nGid:\t0${NUL}12/cmdline:@begin:1${NUL}`;
    const found = build(text);
    expect(found).toMatchObject([{ pid: 12, parent: 7, uid: 1000 }]);
    expect(found[0]?.argv[1]).toBe('@begin:1');
  });

  it('leaves out kernel threads, zombies, half-read processes and its own', () => {
    const own = `${status(900, 'sh')}${stat(900, 'sh', 899, 880)}${status(899, 'timeout')}${stat(899, 'timeout', 880, 880)}${status(880, 'sh')}${stat(880, 'sh', 700, 880)}${status(901, 'grep')}${stat(901, 'grep', 900, 880)}`;
    const others = `${status(700, 'sshd')}${stat(700, 'sshd', 1, 700)}${status(2, 'kthreadd', 0)}${stat(2, 'kthreadd', 0, 0, 0x200000)}${stat(30, 'died', 1, 30)}${status(31, 'zombie').replace('S (sleeping)', 'Z (zombie)')}`;
    expect(build(files + own + others).map((entry) => entry.pid)).toEqual([700]);
  });

  it('leaves out what the SSH server runs for the console, and nothing else of that session', () => {
    const scope = (pid: number, id: string) =>
      `${pid}/cgroup:0::/user.slice/user-1000.slice/session-${id}.scope\n${NUL}`;
    const one = (pid: number, name: string, parent: number, id: string) =>
      `${status(pid, name)}${stat(pid, name, parent, pid)}${scope(pid, id)}`;
    const text =
      files +
      one(700, 'sshd', 1, '4') +
      one(710, 'sh', 700, '4') +
      one(711, 'journalctl', 710, '4') +
      // Left behind there by somebody: its parent is the first process.
      one(720, 'miner', 1, '4') +
      one(800, 'sshd', 1, '5') +
      one(810, 'bash', 800, '5');
    const sessions = new Set(['4']);
    const found = buildProcesses(readTables(Buffer.from(text, 'latin1')), { ...clock, sessions });
    expect(found.map(({ pid }) => pid)).toEqual([700, 720, 800, 810]);
    expect(build(text).map(({ pid }) => pid)).toEqual([700, 710, 711, 720, 800, 810]);
  });

  it('knows that an environment was not readable', () => {
    expect(build(`${files}${status(12, 'x')}`)[0]?.environment).toBeNull();
    expect(
      build(`${files}${status(12, 'x')}@begin:1${NUL}readable${NUL}12/environ:0${NUL}`)[0]?.environment,
    ).toEqual([]);
  });

  it.each([
    ['0::/system.slice/mycoswarm.service/evil.service\n', 'mycoswarm.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/mycoswarm.service\n', 'mycoswarm.service'],
    ['12:pids:/x\n1:name=systemd:/system.slice/ollama.service\n0::/\n', 'ollama.service'],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', 'session-3.scope'],
    ['0::/\n', null],
    ['', null],
  ])('finds the unit in %j', (text, unit) => {
    expect(unitOfCgroup(Buffer.from(text)).unit).toBe(unit);
  });

  it('reads version 2 where the old hierarchy tells nothing, as in a container with a systemd of its own', () => {
    const text = '9:name=systemd:/\n8:pids:/\n0::/system.slice/ssh.service\n';
    expect(unitOfCgroup(Buffer.from(text))).toEqual({
      path: '/system.slice/ssh.service',
      unit: 'ssh.service',
    });
  });
});
