import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A machine of its own for tests that change one: mount namespace with a copy-on-write root over this one (writes go to
 * memory), and network namespace. Nothing in it reaches the real machine. Needs root and overlayfs.
 */
export interface TestNode {
  /** Arguments before a program that is to run in it. */
  inside: readonly string[];
  /** How this process reaches a path of it. */
  path(path: string): string;
  /** Runs a program in it and answers what it said; throws when it fails. */
  run(program: string, ...args: string[]): string;
  /** Every path that was written in it, as the copy-on-write layer tells. */
  written(): string[];
  /** Ends everything in it and takes it away. */
  close(): void;
}

/** Why no such node can be made here, or null. */
export function whyNoTestNode(): string | null {
  if (process.platform !== 'linux') return 'namespaces are there on Linux only';
  if (process.getuid?.() !== 0) return 'a copy-on-write root needs root';
  if (!existsSync('/usr/bin/setfattr')) return 'needs setfattr (Debian package attr)';
  const tried = spawnSync('unshare', ['--mount', '--net', 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? null : 'unshare of mount and network namespaces does not work here';
}

const SET_UP = `
set -e
room=$1
checkout=$2
mount -t tmpfs -o mode=0755 tmpfs "$room"
mkdir "$room/upper" "$room/work" "$room/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$room/upper,workdir=$room/work" "$room/root"
mount --rbind /dev "$room/root/dev"
mount -t sysfs sysfs "$room/root/sys"
mount -t proc proc "$room/root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$room/root/run"
mount -t tmpfs -o mode=1777 tmpfs "$room/root/tmp"
# This checkout may lie below /tmp, or on a file system of its own, which a copy of the root does not have.
mkdir -p "$room/root$checkout"
mount --bind -o ro "$checkout" "$room/root$checkout"
# What programs of the checkout keep of compiled code, they keep in a node too, where a run of tests keeps it.
if [ -d "$NODE_COMPILE_CACHE" ]; then
  mkdir -p "$room/root$NODE_COMPILE_CACHE"
  mount --bind "$NODE_COMPILE_CACHE" "$room/root$NODE_COMPILE_CACHE"
fi
ip link set lo up
rm -rf "$room/root/var/lib/swarmkeep" "$room/root/usr/local/libexec/swarmkeep"
echo ready
exec sleep infinity
`;

const CHECKOUT = join(import.meta.dirname, '../../..');

/** Makes a node. Close it in any case: it is a process and a mount. */
export async function openTestNode(): Promise<TestNode> {
  const room = mkdtempSync(join(tmpdir(), 'swarmkeep-node-'));
  const script = `${room}.sh`;
  writeFileSync(script, SET_UP, { mode: 0o600 });
  const keeper = spawn(
    'unshare',
    [
      '--mount',
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
      'sh',
      script,
      room,
      CHECKOUT,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let words = '';
  keeper.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const ended = once(keeper, 'exit');
  const ready = await Promise.race([
    new Promise<boolean>((resolve) => keeper.stdout.on('data', () => resolve(true))),
    ended.then(() => false),
  ]);
  rmSync(script, { force: true });
  if (!ready) throw new Error(`The test node could not be made: ${words}`);
  const pid = firstChild(keeper.pid ?? -1);
  const inside = [
    'nsenter',
    `--mount=/proc/${pid}/ns/mnt`,
    `--net=/proc/${pid}/ns/net`,
    `--pid=/proc/${pid}/ns/pid`,
    `--root=/proc/${pid}/root${room}/root`,
    '--wdns=/',
    '--',
  ] as const;
  const path = (inner: string) => `/proc/${pid}/root${room}/root${inner}`;
  return {
    inside,
    path,
    run: (program, ...args) => {
      const [enter, ...rest] = inside;
      const end = spawnSync(enter, [...rest, program, ...args], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      if (end.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${end.stderr}${end.stdout}`);
      return end.stdout;
    },
    written: () => {
      const upper = `/proc/${pid}/root${room}/upper`;
      const end = spawnSync('find', [upper, '-printf', '/%P\n'], {
        encoding: 'utf8',
        maxBuffer: 256 * 1024 * 1024,
      });
      return end.stdout.split('\n').filter(Boolean);
    },
    close: () => {
      keeper.kill('SIGKILL');
      rmSync(room, { recursive: true, force: true });
    },
  };
}

/** unshare --fork waits; its one child lives in the namespaces. */
function firstChild(parent: number): number {
  const end = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
  const pid = Number(end.stdout.trim().split('\n')[0]);
  if (!Number.isInteger(pid) || pid < 1) throw new Error('The test node has no process');
  return pid;
}
