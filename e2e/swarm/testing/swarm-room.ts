import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtHelper, placeFiles } from '../../../electron/helper/testing/install-helper.ts';
import { DAEMON_UID, dressArguments, TOKEN_FOLDER, TOKEN_PATH, WAKE } from './dress-node.ts';

/** One node of the room: a machine of its own by namespaces, with a real sshd and the stand-in daemon. */
export interface RoomNode {
  id: string;
  address: string;
  /** Runs a script as root in it and answers what it said; throws when it fails. */
  run(script: string): string;
  /** Every file that was written in it since the room was made, disk and memory, in which one of these texts stands. */
  filesWith(texts: readonly string[]): string[];
}

/** A room with nodes on one bridge, and a place for a console on it. Nothing of it reaches the real machine or network. */
export interface SwarmRoom {
  nodes: readonly RoomNode[];
  /** Words before a program that is to run where the console stands: in the network of the room. */
  inRoom: readonly string[];
  /** On the real machine: data folders, keys. Removed with the room. */
  folder: string;
  identityFile: string;
  hostKey: string;
  /** Starts a further machine on the bridge that is no node. */
  stranger(address: string): Stranger;
  /** Takes a node off the network, or back. */
  plug(node: RoomNode, isIn: boolean): void;
  /** Gives every node the same secret and starts it anew. */
  reset(token: string): void;
  close(): void;
}

/** A machine that announces itself as a node, and what it was sent. */
export interface Stranger {
  tokens(): string[];
  close(): void;
}

const CHECKOUT = join(import.meta.dirname, '../../..');
const NET = '10.77.0';

const KEEP = `
set -e
room=$1
mount -t proc proc /proc
mount -t tmpfs -o mode=0755,size=4g tmpfs "$room"
mkdir "$room/base" "$room/basework" "$room/baseroot"
mount -t overlay overlay -o "lowerdir=/,upperdir=$room/base,workdir=$room/basework" "$room/baseroot"
mount --rbind /dev "$room/baseroot/dev"
mount -t proc proc "$room/baseroot/proc"
mkdir -p "$room/baseroot$2"
mount --bind -o ro "$2" "$room/baseroot$2"
ip link set lo up
ip link add br0 type bridge
ip address add ${NET}.1/24 dev br0
ip link set br0 up
ip route add default dev br0
echo ready
exec sleep infinity
`;

/** One node. `$1` room, `$2` its name, `$3` its address. */
const NODE = `
set -e
n="$1/$2"
mkdir -p "$n/upper" "$n/work" "$n/root"
mount -t overlay overlay -o "lowerdir=$1/base:/,upperdir=$n/upper,workdir=$n/work" "$n/root"
mount --rbind /dev "$n/root/dev"
mount -t sysfs sysfs "$n/root/sys"
mount -t proc proc "$n/root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$n/root/run"
mount -t tmpfs -o mode=1777 tmpfs "$n/root/tmp"
hostname "$2"
until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip link set lo up
ip address add "$3/24" dev eth0
ip link set eth0 up
ip route add default via ${NET}.1
exec chroot "$n/root" /bin/sh -c "${WAKE}; rm -f /run/nologin; touch /run/awake; exec /usr/sbin/sshd -D -f /etc/swarm-sshd/config -E /var/log/stand-in/sshd.log"
`;

const SSHD = [
  'ListenAddress 0.0.0.0:22',
  'HostKey /etc/swarm-sshd/host_key',
  'AuthorizedKeysFile /etc/swarm-sshd/keys',
  'StrictModes no',
  'UsePAM no',
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'PermitRootLogin prohibit-password',
  'PidFile none',
  'LogLevel VERBOSE',
  'UseDNS no',
  'SetEnv HOME=/run',
].join('\n');

/** Makes the room. Close it in any case: it is processes and mounts. */
export async function openSwarmRoom(
  count: number,
  options: { discovery?: boolean } = {},
): Promise<SwarmRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-swarm-'));
  const room = join(folder, 'room');
  mkdirSync(room);
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
      '-c',
      KEEP,
      'sh',
      room,
      CHECKOUT,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let words = '';
  keeper.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const isReady = await Promise.race([
    new Promise<boolean>((resolve) => keeper.stdout.once('data', () => resolve(true))),
    once(keeper, 'exit').then(() => false),
  ]);
  if (!isReady) throw new Error(`The room could not be made: ${words}`);
  const pid = childOf(keeper);
  const ns = (kind: string) => `/proc/${pid}/ns/${kind}`;
  const enter = ['nsenter', `--mount=${ns('mnt')}`, `--net=${ns('net')}`, `--pid=${ns('pid')}`, '--'];
  const inside = (args: readonly string[], input?: string) => execute([...enter, ...args], input);
  const identityFile = join(folder, 'identity');
  const hostKeyFile = join(folder, 'host_key');
  for (const path of [identityFile, hostKeyFile])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  dressBase(enter, room, {
    config: SSHD,
    host_key: readFileSync(hostKeyFile, 'utf8'),
    keys: readFileSync(`${identityFile}.pub`, 'utf8'),
  });
  inside([
    'sh',
    '-c',
    `umount "$1$2" && umount -R "$1/dev" && umount "$1/proc" && umount "$1"`,
    'sh',
    `${room}/baseroot`,
    CHECKOUT,
  ]);
  const nodes = Array.from({ length: count }, (_, index) => {
    const id = `node-${index + 1}`;
    return { id, address: `${NET}.${index + 11}` };
  });
  const machines = new Map<string, string>();
  for (const { id, address } of nodes) machines.set(id, startMachine(enter, room, id, address));
  const run = (id: string, script: string, input?: string) => {
    const inner = machines.get(id) ?? '';
    const into = [
      'nsenter',
      '-t',
      inner,
      '-m',
      '-n',
      '-p',
      '-u',
      `--root=/proc/${inner}/root`,
      '--wdns=/',
      '--',
    ];
    return inside([...into, 'sh', '-c', script], input);
  };
  for (const { id, address } of nodes) {
    run(id, 'for n in $(seq 200); do [ -e /run/awake ] && break; sleep 0.02; done');
    if (options.discovery === true)
      run(
        id,
        `echo 'MYCOSWARM_STAND_IN_DISCOVERY=1 MYCOSWARM_STAND_IN_ADDRESS=${address}' > /etc/mycoswarm-environment`,
      );
  }
  const [type, blob] = readFileSync(`${hostKeyFile}.pub`, 'utf8').split(' ');
  return {
    folder,
    identityFile,
    hostKey: `${type} ${blob}`,
    inRoom: ['nsenter', `--net=${ns('net')}`, '--'],
    nodes: nodes.map(({ id, address }) => ({
      id,
      address,
      run: (script) => run(id, script),
      filesWith(texts) {
        const upper = `${room}/${id}/upper`;
        const found = inside(
          ['sh', '-c', 'grep -rlsF -f - "$1" || true', 'sh', upper],
          `${texts.join('\n')}\n`,
        );
        const inMemory = run(id, 'grep -rlsF -f - /run /tmp || true', `${texts.join('\n')}\n`);
        return [...found.replaceAll(upper, '').split('\n'), ...inMemory.split('\n')].filter(Boolean);
      },
    })),
    plug: ({ id }, isIn) => void inside(['ip', 'link', 'set', `v-${id}`, isIn ? 'up' : 'down']),
    reset(token) {
      for (const { id } of nodes)
        run(
          id,
          `nft delete table inet swarmkeep_rotation 2>/dev/null; rm -rf /var/lib/swarmkeep/rotation* ${TOKEN_FOLDER}/.swarm-token*
          umask 077; cat > ${TOKEN_PATH}; chown -R ${DAEMON_UID}:${DAEMON_UID} ${TOKEN_FOLDER}; systemctl restart -- mycoswarm.service`,
          `${token}\n`,
        );
      for (const { id } of nodes)
        run(
          id,
          'for n in $(seq 200); do curl -s -o /dev/null http://127.0.0.1:7890/health && exit 0; sleep 0.05; done; exit 1',
        );
    },
    stranger: (address) => startStranger(enter, address, folder),
    close() {
      keeper.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function dressBase(enter: readonly string[], room: string, ssh: Record<string, string>): void {
  const base = `${room}/baseroot`;
  const into = [...enter, 'chroot', base];
  const run = (program: string, ...args: string[]) => execute([...into, program, ...args]);
  run('rm', '-rf', '/var/lib/swarmkeep', '/usr/local/libexec/swarmkeep');
  placeFiles({ inside: into, run }, builtHelper());
  run('sh', ...dressArguments());
  run('mkdir', '-p', '/etc/swarm-sshd');
  for (const [name, text] of Object.entries(ssh))
    execute(
      [...into, 'sh', '-c', `umask 077; cat > /etc/swarm-sshd/${name}`],
      text.endsWith('\n') ? text : `${text}\n`,
    );
}

/** @returns the pid of the machine's first process, as the room counts */
function startMachine(enter: readonly string[], room: string, id: string, address: string): string {
  const script = `
    unshare --mount --net --pid --uts --fork --kill-child --propagation private sh -c "$NODE" sh "$1" "$2" "$3" >"$1/$2.log" 2>&1 </dev/null &
    outer=$!
    until [ "$(readlink /proc/$outer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
    ip link add "v-$2" type veth peer name eth0 netns $outer
    ip link set "v-$2" master br0
    ip link set "v-$2" up
    until inner=$(pgrep -P $outer); do sleep 0.01; done
    echo $inner`;
  const [first = '', ...rest] = enter;
  const end = spawnSync(first, [...rest, 'sh', '-c', script, 'sh', room, id, address], {
    encoding: 'utf8',
    env: { ...process.env, NODE },
  });
  const pid = end.stdout.trim().split('\n').at(-1) ?? '';
  if (!/^\d+$/.test(pid)) throw new Error(`${id} could not be started: ${end.stderr}`);
  return pid;
}

function startStranger(enter: readonly string[], address: string, folder: string): Stranger {
  const heard = join(folder, `stranger-${address}`);
  writeFileSync(heard, '');
  const pid = spawn(
    enter[0] ?? '',
    [
      ...enter.slice(1),
      'unshare',
      '--net',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      `until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
       ip link set lo up; ip address add ${address}/24 dev eth0; ip link set eth0 up; ip route add default via ${NET}.1
       exec /usr/bin/python3 -S "$1" "$2" "$3" "$4"`,
      'sh',
      join(import.meta.dirname, '../inside/stranger.py'),
      join(CHECKOUT, 'e2e/fixtures/stand-in-mycoswarm'),
      address,
      heard,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const name = `s-${address.split('.').at(-1)}`;
  const plug = `
    until outer=$(pgrep -n -f 'unshare --net --fork --kill-chil[d] sh'); do sleep 0.02; done
    until [ "$(readlink /proc/$outer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
    ip link add ${name} type veth peer name eth0 netns $outer
    ip link set ${name} master br0 up`;
  execute([...enter, 'sh', '-c', plug]);
  return {
    tokens: () => readFileSync(heard, 'utf8').split('\n').filter(Boolean),
    close() {
      // Its own processes, by their ids in the room: what entered it is another process than what runs there.
      execute([...enter, 'sh', '-c', `kill -KILL $(pgrep -f 'stranger[.]py .*${address} ')`]);
      pid.kill('SIGKILL');
    },
  };
}

/** unshare --fork waits; its one child lives in the namespaces. */
function childOf({ pid }: ChildProcess): string {
  const end = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return end.stdout.trim().split('\n')[0]?.trim() ?? '';
}

function execute([program = '', ...args]: readonly string[], input?: string): string {
  const end = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 64 * 1024 * 1024 });
  if (end.status !== 0)
    throw new Error(`${args.slice(-3).join(' ').slice(0, 400)}: ${end.stderr}${end.stdout}`);
  return end.stdout;
}
