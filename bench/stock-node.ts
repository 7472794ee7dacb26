import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A stock node on this machine for the time of a measurement: an account, the stand-in daemon, a large workspace. */
export interface StockNode {
  user: string;
  home: string;
  remove(): void;
}

function must(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
}

function fillWorkspace(workspace: string, files: number): void {
  for (let folder = 0; folder < files / 100; folder += 1) {
    const path = join(workspace, `f${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file += 1) writeFileSync(join(path, `note-${file}.md`), 'x');
  }
}

/**
 * Make the node. Needs root and useradd(8); the daemon listens on 7890 of this machine until `remove`.
 * @param files number of files in the workspace
 */
export async function makeStockNode(files: number): Promise<StockNode> {
  const user = `skbench${process.pid}`;
  const home = `/home/${user}`;
  must('useradd', ['-m', '-s', '/bin/bash', user]);
  const standIn = join(home, 'stand-in');
  cpSync(new URL('../e2e/fixtures/stand-in-mycoswarm', import.meta.url).pathname, standIn, {
    recursive: true,
  });
  fillWorkspace(join(home, 'mycoSwarm', 'workspace'), files);
  must('chown', ['-R', `${user}:${user}`, home]);
  const as = ['-u', user, '--', 'env', `HOME=${home}`];
  must('runuser', [...as, join(standIn, 'install.sh'), home, 'venv']);
  const daemon = spawn('runuser', [...as, join(home, 'mycoSwarm/venv/bin/mycoswarm'), 'daemon'], {
    stdio: 'ignore',
  });
  await sleep(1_500);
  return {
    user,
    home,
    remove() {
      daemon.kill('SIGTERM');
      spawnSync('sleep', ['0.5']);
      spawnSync('userdel', ['-r', user]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
