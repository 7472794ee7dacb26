import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { Guest, type Saved } from './guest.ts';
import type { Image } from './image.ts';
import { LAN_MAC, type Lan } from './lan.ts';
import { mustRun } from './run-program.ts';

const SAVED_STATE = 'ready';
const STAGE = 'stage';

/** Where the card of the home network is plugged in: the same place in every run, or no saved state would fit. */
const LAN_CARD = { driver: 'virtio-net-pci', addr: '0x10' } as const;

/** A Nehalem is what Debian's kernel is content with and software emulation knows whole. */
const MACHINE = ['-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-m', '640', '-smp', '2'];

/** Software emulation is about thirty times slower than the machine it runs on. */
const EMULATED = 40;

const TOOLS = ['/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img'];

/** Why no machine can be booted here, in words for a skipped test; null when it can. */
export function whyNoVirtualMachine(): string | null {
  const missing = TOOLS.filter((tool) => !existsSync(tool));
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

/** A Debian booted by qemu: a machine of its own, kernel and all, at a thirtieth of the speed. It reaches nothing (`restrict=on`). */
export class VirtualMachine extends Guest {
  #process: ChildProcess;
  readonly #folder: string;
  readonly #overlay: string;
  readonly #image: Image;
  #lan: Lan | null = null;

  private constructor(process_: ChildProcess, port: number, image: Image, folder: string, overlay: string) {
    super(port, image.key, EMULATED);
    this.#process = process_;
    this.#image = image;
    this.#folder = folder;
    this.#overlay = overlay;
  }

  /**
   * Go on from a file of {@link save}, on the port it had then and with its card on this network.
   * @throws when another program has taken the port meanwhile
   */
  static async resume(image: Image, saved: Saved, lan: Lan): Promise<VirtualMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-guest-'));
    const overlay = join(folder, 'disk.qcow2');
    await cp(saved.file, overlay);
    const tap = `tap,id=lan,ifname=${lan.tap},script=no,downscript=no`;
    const card = `${LAN_CARD.driver},netdev=lan,id=lan0,mac=${LAN_MAC},addr=${LAN_CARD.addr}`;
    const extra = ['-netdev', tap, '-device', card, '-loadvm', STAGE];
    const child = VirtualMachine.#boot(image, folder, overlay, saved.port, extra);
    const guest = new VirtualMachine(child, saved.port, image, folder, overlay);
    guest.#lan = lan;
    try {
      // Its monitor answers when all its devices are there.
      await guest.#monitor({ execute: 'query-status' });
      await lan.attach();
      await guest.untilReached(240_000);
      await guest.#tellTheTime();
      return guest;
    } catch (error) {
      await guest.stop();
      throw error;
    }
  }

  /** Keep memory and disk of the running guest in a file; it goes on afterwards. Connections to it are closed before. */
  async save(file: string): Promise<void> {
    await this.must('sync');
    await this.#monitor({ execute: 'stop' });
    try {
      await this.#say(`savevm ${STAGE}`);
      await cp(this.#overlay, `${file}.new`);
      await mustRun('mv', [`${file}.new`, file]);
    } finally {
      await this.#monitor({ execute: 'cont' });
    }
    await this.#tellTheTime();
  }

  /** Start from the saved state of an image; the first call boots it cold (about a minute) and saves that state. */
  static async start(image: Image): Promise<VirtualMachine> {
    const saved = join(image.folder, 'ready.qcow2');
    if (!existsSync(saved)) await VirtualMachine.#saveReadyState(image, saved);
    const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-guest-'));
    const overlay = join(folder, 'disk.qcow2');
    await cp(saved, overlay);
    const guest = await VirtualMachine.#launch(image, folder, overlay, ['-loadvm', SAVED_STATE]);
    await guest.#tellTheTime();
    return guest;
  }

  static async #saveReadyState(image: Image, saved: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-guest-'));
    const overlay = join(folder, 'disk.qcow2');
    await mustRun('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image.disk, '-F', 'raw', overlay]);
    const guest = await VirtualMachine.#launch(image, folder, overlay, []);
    try {
      await guest.must('systemctl is-system-running --wait; sync');
      await guest.#say(`savevm ${SAVED_STATE}`);
    } finally {
      await guest.#end();
    }
    await cp(overlay, `${saved}.new`);
    await mustRun('mv', [`${saved}.new`, saved]);
    await rm(folder, { recursive: true, force: true });
  }

  static async #launch(
    image: Image,
    folder: string,
    overlay: string,
    extra: readonly string[],
  ): Promise<VirtualMachine> {
    const port = await freePort();
    const child = VirtualMachine.#boot(image, folder, overlay, port, extra);
    const guest = new VirtualMachine(child, port, image, folder, overlay);
    await guest.untilReached(240_000);
    return guest;
  }

  static #boot(
    image: Image,
    folder: string,
    overlay: string,
    port: number,
    extra: readonly string[],
  ): ChildProcess {
    return spawn(
      'qemu-system-x86_64',
      [
        ...MACHINE,
        '-kernel',
        image.kernel,
        '-initrd',
        image.initrd,
        '-append',
        'root=/dev/vda rw console=ttyS0 quiet systemd.show_status=0',
        '-drive',
        `file=${overlay},format=qcow2,if=virtio`,
        '-netdev',
        `user,id=n0,restrict=on,net=10.77.0.0/24,hostfwd=tcp:127.0.0.1:${port}-:22`,
        '-device',
        'virtio-net-pci,netdev=n0,mac=52:54:00:77:00:01',
        '-qmp',
        `unix:${join(folder, 'monitor')},server=on,wait=off`,
        '-serial',
        `file:${join(folder, 'serial.log')}`,
        '-display',
        'none',
        '-no-reboot',
        ...extra,
      ],
      { stdio: 'ignore' },
    );
  }

  /** Shut the guest down in order and boot it again from its disk; connections to it are closed by the caller before. */
  async reboot(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.run('sync; systemctl reboot', 60_000).catch(() => undefined);
    await ended; // `-no-reboot`: the machine is turned off instead
    this.#process = VirtualMachine.#boot(this.#image, this.#folder, this.#overlay, this.port, []);
    await this.#plugIn();
    await this.untilReached(400_000);
    await this.must(
      `date -s @${Math.floor(Date.now() / 1000)} >/dev/null; systemctl is-system-running --wait || true`,
      400_000,
    );
  }

  /** Give the guest a second network card, on this network; a reboot keeps it. */
  async join(lan: Lan): Promise<void> {
    this.#lan = lan;
    await this.#plugIn();
  }

  async #plugIn(): Promise<void> {
    if (this.#lan === null) return;
    const tap = { type: 'tap', id: 'lan', ifname: this.#lan.tap, script: 'no', downscript: 'no' };
    await this.#monitor({ execute: 'netdev_add', arguments: tap });
    await this.#lan.attach();
    const card = { ...LAN_CARD, netdev: 'lan', id: 'lan0', mac: LAN_MAC };
    await this.#monitor({ execute: 'device_add', arguments: card });
  }

  /** A restored machine believes it is the moment of saving, and would repeat its random numbers. */
  async #tellTheTime(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    await this.must(`date -s @${now} >/dev/null; head -c 512 /dev/urandom > /dev/random`);
  }

  /** A command of qemu's other monitor, which knows more; it says nothing when all is well. */
  #say(words: string): Promise<void> {
    return this.#monitor({ execute: 'human-monitor-command', arguments: { 'command-line': words } });
  }

  async #monitor(command: object): Promise<void> {
    const socket = await connected(join(this.#folder, 'monitor'));
    const answers: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => answers.push(text));
    const until = async (count: number) => {
      for (let waited = 0; waited < 60_000; waited += 50) {
        // The other monitor says what went wrong as its answer.
        if (/"error"|"return": "[^"]*error/i.test(answers.join(''))) break;
        if ((answers.join('').match(/"(QMP|return)"/g) ?? []).length >= count) return;
        await sleep(50);
      }
      throw new Error(`qemu's monitor did not answer: ${answers.join('')}`);
    };
    await until(1);
    socket.write(`${JSON.stringify({ execute: 'qmp_capabilities' })}\n`);
    await until(2);
    socket.write(`${JSON.stringify(command)}\n`);
    await until(3);
    socket.destroy();
  }

  /** Over SSH, so not at once. */
  async killHelper(): Promise<void> {
    await this.run("pkill -KILL -f '/swarmkeep-helper.mjs( --class=[a-z]+)?$'");
  }

  protected ended(): string | null {
    return this.#process.exitCode === null ? null : `qemu ended with ${this.#process.exitCode}`;
  }

  async #end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }

  /** Turn the guest off and remove its disk. */
  async stop(): Promise<void> {
    await this.#end();
    await rm(this.#overlay, { force: true });
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A qemu that was started just now makes its socket a moment later, and listens on it a moment after that. */
async function connected(path: string): Promise<Socket> {
  for (let waited = 0; ; waited += 50) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (waited >= 20_000) throw error;
      await sleep(50);
    }
  }
}
