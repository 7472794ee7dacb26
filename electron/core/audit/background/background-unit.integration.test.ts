import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backgroundUnit } from './background-unit.ts';
import { type UserManager, userManager } from './user-manager.ts';

const here = import.meta.dirname;
const GROUPS = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'].find((path) =>
  existsSync(`${path}/cgroup.procs`),
);

/** What a test does in here ends with it, also when it is killed. */
const OWN_WORLD = [
  ...['--mount', '--cgroup', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'],
];

/** Removes a group and those that the manager made in it; the kernel may take a moment to empty them. */
async function removeGroup(group: string): Promise<void> {
  const inner = existsSync(group)
    ? readdirSync(group, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  const paths = inner
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted((a, b) => b.length - a.length);
  for (const path of [...paths, group]) {
    for (let tries = 0; existsSync(path) && tries < 50; tries += 1) {
      try {
        rmdirSync(path);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

describe('the unit that watches in the background', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-unit-'));
    for (const name of ['home', 'data']) mkdirSync(join(folder, name), { mode: 0o700 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is placed, started and taken away again by the real systemd of an account', async (context) => {
    if (process.getuid?.() !== 0) context.skip('only root may make the namespaces that this needs');
    if (!existsSync('/lib/systemd/systemd') || GROUPS === undefined)
      context.skip('systemd is not installed here');
    if (spawnSync('unshare', [...OWN_WORLD, 'true']).status !== 0)
      context.skip('unshare(1) may not make namespaces here');
    const group = join(GROUPS ?? '', `swarmkeep-test-${process.pid}`);
    const run = spawnSync(
      'unshare',
      [
        ...[...OWN_WORLD, 'sh', join(here, 'testing/own-systemd.sh')],
        ...[group, join(folder, 'home'), process.execPath, join(here, 'testing/switch-unit.ts')],
        ...[join(folder, 'data'), join(folder, 'elsewhere')],
      ],
      // unshare(1) waits through SIGTERM; with it ends everything in its process namespace.
      { encoding: 'utf8', timeout: 55_000, killSignal: 'SIGKILL', env: { PATH: process.env.PATH } },
    );
    await removeGroup(group);
    expect({ error: run.error, stderr: run.stderr }).toEqual({ error: undefined, stderr: '' });
    const seen = JSON.parse(run.stdout);
    const file = join(folder, 'home/.config/systemd/user/swarmkeep-watch.service');
    expect(seen.off).toMatchObject({ possible: true, enabled: false, running: false, trouble: '', file });
    expect(seen.on.failed).toBeNull();
    expect(seen.on.state).toMatchObject({ enabled: true, running: true, outdated: false, trouble: '' });
    expect(seen.text).toBe(seen.off.text);
    expect(seen.text).toContain(`--background --data-dir "${join(folder, 'data')}"`);
    expect(seen.verified).toBe('');
    expect(seen.watching).toBe(true);
    expect(seen.beside.toSorted()).toEqual(['default.target.wants', 'swarmkeep-watch.service']);
    expect(seen.seenFromElsewhere).toMatchObject({ enabled: true, outdated: true });
    expect(seen.again).toMatchObject({ failed: null, state: { enabled: false, running: false } });
    expect(seen.left).toBe(false);
    expect(seen.foreign.failed).toContain('Swarmkeep did not write it');
    expect(seen.foreignOff.failed).toContain('Swarmkeep did not write it');
    expect(seen.untouched).toBe('[Service]\nExecStart=/bin/true\n');
  });

  it('says so where nobody could start it, and leaves nothing behind', async () => {
    const program = { node: '/usr/bin/node', program: '/opt/swarmkeep/web/main.js' };
    const alone = backgroundUnit({ manager: null, program, dataFolder: join(folder, 'data') });
    expect(await alone.state()).toMatchObject({ possible: false, file: '' });
    expect((await alone.state()).trouble).toContain('There is no systemd here');
    // Here systemctl is there, and nothing that it could ask: a folder of runtime files that is empty.
    const silent = userManager({ XDG_RUNTIME_DIR: folder, HOME: folder });
    if (silent !== null) {
      const unit = backgroundUnit({ manager: silent, program, dataFolder: join(folder, 'data') });
      const state = await unit.state();
      expect(state).toMatchObject({ possible: false, enabled: false, file: '' });
      expect(state.trouble).toContain('does not answer (systemctl --user)');
      expect((await unit.turnOn()).failed).toBe(state.trouble);
    }
    const packed = backgroundUnit({ manager: manager(), program: null, dataFolder: join(folder, 'data') });
    expect((await packed.state()).trouble).toContain('brings no program that runs without its window');
    const odd = backgroundUnit({ manager: manager(), program, dataFolder: '/home/o"dd\nExecStart=/bin/sh' });
    expect((await odd.state()).trouble).toContain('a unit cannot hold');
  });

  it('is taken away again when systemd does not start it', async () => {
    const asked: string[] = [];
    const refusing = manager((words) => {
      asked.push(words.join(' '));
      return words[0] !== 'start';
    });
    const program = { node: '/usr/bin/node', program: '/opt/swarmkeep/100%/main.js' };
    const unit = backgroundUnit({ manager: refusing, program, dataFolder: join(folder, 'data') });
    expect((await unit.state()).text).toContain('"/opt/swarmkeep/100%%/main.js"');
    const { failed, state } = await unit.turnOn();
    expect(failed).toContain('the unit was taken away again. It says: no\\x1b[31m');
    expect(state.enabled).toBe(false);
    expect(existsSync(state.file)).toBe(false);
    expect(asked.slice(asked.indexOf('daemon-reload'))).toEqual(
      expect.arrayContaining(['enable swarmkeep-watch.service', 'disable swarmkeep-watch.service']),
    );
  });

  /** A manager that says yes to everything, or what `agrees` says. */
  function manager(agrees: (words: readonly string[]) => boolean = () => true): UserManager {
    return {
      program: '/usr/bin/systemctl',
      lingers: () => false,
      async ask(...words) {
        if (words.includes('--property=UnitPath')) {
          const out = `/run/user/0/systemd/transient ${folder}/home/.config/systemd/user /etc/systemd/user\n`;
          return { ok: true, out, error: '' };
        }
        return { ok: agrees(words), out: 'UnitFileState=\nActiveState=inactive\n', error: 'no\u001b[31m' };
      },
    };
  }
});
