import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cgroup, whyNoCgroup } from './cgroup.ts';
import { freePort } from './free-port.ts';
import { Guest, isHelperOfConsole, type Lacks, type Saved } from './guest.ts';
import type { Image } from './image.ts';
import { LAN_MAC, type Lan } from './lan.ts';
import { MANAGEMENT_NETWORK, Management } from './management.ts';
import { mustRun, runProgram } from './run-program.ts';

const NSPAWN = '/usr/bin/systemd-nspawn';
/** The card on the network at home, by the name that a virtual machine gives it. */
const LAN_CARD = 'ens16';

/** Why no container can be started here, in words for a skipped test; null when it can. */
export function whyNoContainer(): string | null {
  if (!existsSync(NSPAWN)) return 'not installed: systemd-container';
  return whyNoCgroup();
}

/** A container has the speed of the machine, which has other things to do while it is tested. */
const SHARED = 4;

/** What belongs to the machine and not to a container on it. */
const LACKS: Lacks = {
  'audit-logging': 'the kernel has one audit system, and it belongs to the machine (auditd)',
  'time-sync': 'the clock belongs to the machine',
  'os-updates': 'the kernel that runs is none of those that are installed in the container',
};

/** The disk, mounted where only the container's own processes see it. The first time it learns that it is no virtual machine's. */
const MOUNT = `mount -o loop "$DISK" "$ROOT" || exit 1
network=$ROOT/etc/systemd/network/15-management.network
[ -e "$network" ] || { printf %s "$NETWORK" > "$network"; : > "$ROOT/etc/fstab"; }
"$@"; exit $?`;

/**
 * A control group of its own, the clocks of a machine that booted just now (time_namespaces(7)), and a process namespace around
 * all, so that everything ends with one process. The first argument is a script, and the others are its own.
 */
const ENTER = `for folder in $CGROUPS; do echo $$ > "$folder/cgroup.procs"; done
up=$(cut -d. -f1 /proc/uptime)
script=$1; shift
exec unshare --pid --mount-proc --time --boottime "-$up" --monotonic "-$up" --fork --kill-child=KILL sh -c "$script" sh "$@"`;

/**
 * A Debian with its own systemd as process 1, at the speed of this machine: own processes, mounts, network, host name, clocks
 * since boot and control groups (systemd-nspawn(1)), and this machine's kernel.
 */
export class Container extends Guest {
  readonly #folder: string;
  readonly #disk: string;
  readonly #name: string;
  readonly #management: Management;
  #process: ChildProcess | null = null;
  #cgroup: Cgroup | null = null;
  #lan: Lan | null = null;

  private constructor(image: Image, port: number, name: string, folder: string, management: Management) {
    super(port, image.key, SHARED, LACKS);
    this.#name = name;
    this.#folder = folder;
    this.#disk = join(folder, 'disk.raw');
    this.#management = management;
  }

  /** Start a copy of the image. */
  static async start(image: Image): Promise<Container> {
    const container = await Container.#make(image, await freePort());
    return container.#orGone(async () => {
      await copyDisk(image.disk, container.#disk);
      await container.#boot();
    });
  }

  /** Boot what {@link save} kept, on the port it had then and with its card on this network. */
  static async resume(image: Image, saved: Saved, lan: Lan): Promise<Container> {
    const container = await Container.#make(image, saved.port);
    container.#lan = lan;
    return container.#orGone(async () => {
      await copyDisk(saved.file, container.#disk);
      await container.#boot();
    });
  }

  static async #make(image: Image, port: number): Promise<Container> {
    const name = `swk${randomBytes(4).toString('hex')}`;
    const management = await Management.make(name, port);
    const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-guest-'));
    await mkdir(join(folder, 'root'));
    return new Container(image, port, name, folder, management);
  }

  async #orGone(work: () => Promise<void>): Promise<this> {
    try {
      await work();
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #boot(): Promise<void> {
    this.#cgroup = await Cgroup.make(this.#name);
    const serial = openSync(join(this.#folder, 'serial.log'), 'a');
    const options = [
      '--boot',
      '--register=no',
      '--keep-unit',
      '--private-network',
      '--console=read-only',
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
      '--hostname=node',
      `--machine=${this.#name}`,
      `--directory=${join(this.#folder, 'root')}`,
    ];
    // It ends with this process, however that ends.
    this.#process = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'sh', '-c', ENTER, 'sh', MOUNT, NSPAWN, ...options],
      {
        stdio: ['ignore', serial, serial],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          DISK: this.#disk,
          ROOT: join(this.#folder, 'root'),
          NETWORK: MANAGEMENT_NETWORK,
          CGROUPS: this.#cgroup.folders.join(' '),
          SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1',
          SYSTEMD_NSPAWN_TMPFS_TMP: '0',
        },
      },
    );
    await this.#management.plugInto(await this.#init());
    if (this.#lan !== null) await this.#plugIn(this.#lan);
    await this.untilReached(60_000);
    // A first start that sets the machine up takes minutes.
    await this.must('systemctl is-system-running --wait || true', 480_000);
  }

  /** The container's process 1, as this machine numbers it. */
  async #init(): Promise<number> {
    for (let waited = 0; waited < 20_000; waited += 20) {
      for (const pid of descendants(this.#process?.pid ?? 0)) {
        // nspawn becomes it by exec(2), when all its namespaces are made.
        if (nameOf(pid) === 'systemd') return pid;
      }
      const why = this.ended();
      if (why !== null) throw new Error(why);
      await sleep(20);
    }
    throw new Error('the container has no process 1');
  }

  async join(lan: Lan): Promise<void> {
    this.#lan = lan;
    await this.#plugIn(lan);
  }

  async #plugIn(lan: Lan): Promise<void> {
    const peer = ['peer', 'name', LAN_CARD, 'address', LAN_MAC, 'netns', String(await this.#init())];
    await mustRun('ip', ['link', 'add', lan.tap, 'type', 'veth', ...peer]);
    await lan.attach();
  }

  async reboot(): Promise<void> {
    await this.#turnOff();
    await this.#boot();
  }

  /** The network goes with its last process, as its rules do on a machine that is turned off. */
  async #turnOff(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    await this.run('sync; systemctl poweroff', 60_000).catch(() => undefined);
    const late = await Promise.race([ended.then(() => false), sleep(120_000, true, { ref: false })]);
    if (late) throw new Error(`the guest did not turn itself off:\n${this.#lastWords()}`);
    await this.#end();
  }

  /** End what still runs and wait until the disk is free: it is written to the end by then. */
  async #end(): Promise<void> {
    await this.#cgroup?.remove();
    this.#cgroup = null;
    for (let waited = 0; waited < 60_000; waited += 100) {
      if ((await mustRun('losetup', ['--associated', this.#disk])) === '') return;
      await sleep(100);
    }
    throw new Error(`${this.#disk} is still mounted`);
  }

  /** Turn the container off in order, copy its disk, and boot it again. */
  async save(file: string): Promise<void> {
    await this.#turnOff();
    await copyDisk(this.#disk, `${file}.new`);
    await mustRun('mv', [`${file}.new`, file]);
    await this.#boot();
  }

  /** From outside, so at once. */
  async killHelper(): Promise<void> {
    for (const pid of descendants(this.#process?.pid ?? 0))
      if (isHelperOfConsole(commandOf(pid))) killProcess(pid);
  }

  protected ended(): string | null {
    const { exitCode, signalCode } = this.#process ?? { exitCode: null, signalCode: null };
    if (exitCode === null && signalCode === null) return null;
    return `the container ended with ${exitCode ?? signalCode}:\n${this.#lastWords()}`;
  }

  #lastWords(): string {
    return readFileSync(join(this.#folder, 'serial.log'), 'utf8').slice(-2_000);
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.#management.remove();
    await rm(this.#folder, { recursive: true, force: true });
    // What nspawn keeps of a container by its name; the folders above stay where somebody else has some there.
    await rm(`/run/systemd/nspawn/propagate/${this.#name}`, { recursive: true, force: true });
    await runProgram('rmdir', ['/run/systemd/nspawn/propagate']);
  }
}

/** Most of a disk is empty. */
async function copyDisk(from: string, to: string): Promise<void> {
  await mustRun('cp', ['--sparse=always', '--reflink=auto', from, to]);
}

/** Arguments of a process; none when it has ended. */
function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** One that has ended meanwhile is fine. */
function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function descendants(pid: number): number[] {
  let words = '';
  try {
    words = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    // It has ended.
  }
  const children = words.split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
