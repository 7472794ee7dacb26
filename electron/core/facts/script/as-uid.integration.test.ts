import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, type TestContext } from 'vitest';
import { AS_UID, PRELUDE } from './prelude.ts';

const AGENT = 61_177;
const isRoot = process.getuid?.() === 0;

/** Runs a line with the functions of a look, which prints its process id and then waits. */
async function waiting(line: string, prelude = AS_UID): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.end(`${PRELUDE}${prelude}${line}`);
  const [said] = (await once(child.stdout as NodeJS.EventEmitter, 'data')) as [Buffer];
  return { child, pid: Number(said.toString()) };
}

/** Whether a process of the agent may look into another one: the same test of the kernel as for tracing it (ptrace(2)). */
function mayTrace(pid: number): boolean {
  const as = ['--reuid', `${AGENT}`, '--regid', `${AGENT}`, '--clear-groups', '--inh-caps=-all'];
  return spawnSync('setpriv', [...as, 'readlink', `/proc/${pid}/exe`]).status === 0;
}

async function traced(line: string, prelude?: string): Promise<boolean> {
  const { child, pid } = await waiting(line, prelude);
  try {
    expect(pid).toBeGreaterThan(0);
    return mayTrace(pid);
  } finally {
    const ended = once(child, 'exit');
    process.kill(pid, 'SIGKILL');
    await ended;
  }
}

function needsRoot(context: TestContext): void {
  if (!isRoot) context.skip('needs root');
}

const WAITS = `sh -c 'echo $$; exec sleep 20'`;

describe('a program run as the agent', () => {
  it('cannot be taken over by the agent, who runs it outside its own limits', async (context) => {
    needsRoot(context);
    expect(await traced(`as_uid ${AGENT} ${WAITS}`)).toBe(false);
    // Without the mark the agent has it: the test sees the difference.
    expect(
      await traced(`as_uid ${AGENT} ${WAITS}`, AS_UID.replaceAll(/--(inh|ambient)-caps="[^"]*"/g, '')),
    ).toBe(true);
  });

  it('cannot be taken over where it makes a user namespace, for it is no process of the agent', async (context) => {
    needsRoot(context);
    expect(await traced(`as_stranger ${WAITS}`)).toBe(false);
    const { stdout } = spawnSync('/bin/sh', ['-s'], {
      input: `${PRELUDE}${AS_UID}as_stranger sh -c 'id -u; id -G'`,
    });
    const [uid, groups] = stdout.toString().trim().split('\n');
    expect(Number(uid)).toBeGreaterThanOrEqual(61_184);
    expect(groups).toBe(uid);
  });

  it('has no right that the agent lacks but the one that nothing uses, and drops no core', (context) => {
    needsRoot(context);
    const line = `as_uid ${AGENT} sh -c 'grep -E "^(CapEff|CapInh|NoNewPrivs|Uid)" /proc/self/status; ulimit -H -c'`;
    const { stdout } = spawnSync('/bin/sh', ['-s'], { input: `${PRELUDE}${AS_UID}${line}` });
    expect(stdout.toString().split(/\s+/)).toEqual([
      'Uid:',
      ...Array<string>(4).fill(`${AGENT}`),
      'CapInh:',
      '0000000800000000',
      'CapEff:',
      '0000000800000000',
      'NoNewPrivs:',
      '1',
      '0',
      '',
    ]);
  });

  it('is not run where root has none of these rights to give', (context) => {
    needsRoot(context);
    const input = `${PRELUDE}${AS_UID}as_mark=; as_uid ${AGENT} id; echo "=$?"`;
    expect(spawnSync('/bin/sh', ['-s'], { input }).stdout.toString()).toBe('=126\n');
  });
});
