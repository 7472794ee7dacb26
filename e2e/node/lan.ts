import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustRun, runProgram } from './run-program.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
const TIME_SERVER = new URL('./time-server.ts', import.meta.url).pathname;

/** The booted node and the other machine, in their network. */
export const NODE_ADDRESS = '192.168.77.1';
export const PEER_ADDRESS = '192.168.77.2';
export const LAN_MAC = '52:54:00:77:00:02';

/**
 * The network at home of a booted node: a namespace on this machine without a way out of it, in which another node of the
 * swarm (the stand-in) and a time server run. The guest is on it by a tap or one end of a
 * cable, which is moved there once the guest holds it.
 */
export class Lan {
  readonly tap: string;
  readonly #name: string;
  readonly #folder: string;
  readonly #programs: ChildProcess[] = [];

  private constructor(name: string, folder: string) {
    this.#name = name;
    this.#folder = folder;
    this.tap = `${name}t`;
  }

  /** Make the namespace. Needs root; {@link attach} brings it to life. */
  static async make(): Promise<Lan> {
    const name = `skl${randomBytes(4).toString('hex')}`;
    const lan = new Lan(name, await mkdtemp(join(tmpdir(), 'swarmkeep-lan-')));
    await mustRun('ip', ['netns', 'add', name]);
    await mustRun('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    await cp(join(STAND_IN, 'mycoswarm'), join(lan.#folder, 'mycoswarm'), { recursive: true });
    return lan;
  }

  /** Take the tap that the guest opened into the namespace; the first time also start the other node and the time server. */
  async attach(): Promise<void> {
    const inside = (...words: string[]) => mustRun('ip', ['-n', this.#name, ...words]);
    // The kernel takes its time to take away the card of a guest that has ended.
    await runProgram('ip', ['-n', this.#name, 'link', 'delete', this.tap]);
    await mustRun('ip', ['link', 'set', this.tap, 'netns', this.#name]);
    await inside('address', 'add', `${PEER_ADDRESS}/24`, 'dev', this.tap);
    await inside('link', 'set', this.tap, 'up');
    // A tap goes with its guest, and what joined a group on it has to join again.
    for (const program of this.#programs.splice(0)) program.kill('SIGKILL');
    this.#start('/usr/bin/python3', ['-B', '-c', 'from mycoswarm.cli import main; main()', 'daemon']);
    this.#start(process.execPath, [TIME_SERVER, PEER_ADDRESS]);
  }

  #start(program: string, args: readonly string[]): void {
    const child = spawn('ip', ['netns', 'exec', this.#name, program, ...args], {
      cwd: this.#folder,
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: this.#folder,
        MYCOSWARM_STAND_IN_DISCOVERY: '1',
        MYCOSWARM_STAND_IN_ADDRESS: PEER_ADDRESS,
      },
      stdio: 'ignore',
    });
    this.#programs.push(child);
  }

  /**
   * Ask a daemon as the other machine does.
   * @returns the body of `path`, or what curl said instead, after waiting for an answer for at most `limitMs`
   */
  async get(address: string, path: string, limitMs = 60_000): Promise<string> {
    const end = Date.now() + limitMs;
    for (;;) {
      const url = `http://${address}:7890${path}`;
      const words = ['netns', 'exec', this.#name, 'curl', '-sS', '-m', '10', url];
      const { code, stdout, stderr } = await runProgram('ip', words);
      if (code === 0 || Date.now() > end) return code === 0 ? stdout : stderr;
      await sleep(1_000);
    }
  }

  async remove(): Promise<void> {
    for (const program of this.#programs.splice(0)) program.kill('SIGKILL');
    await runProgram('ip', ['netns', 'delete', this.#name]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
