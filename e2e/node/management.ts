import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mustRun, runProgram } from './run-program.ts';

const RELAY = new URL('./relay.ts', import.meta.url).pathname;

/** The card by which a container is reached, and what it is told about its network. */
export const MANAGEMENT_CARD = 'ens3';
const NODE = '10.77.0.15';
const RELAY_ADDRESS = '10.77.0.2';
/** Of systemd.network(5). The way out that it names leads into a namespace that forwards nothing. */
export const MANAGEMENT_NETWORK = `[Match]\nName=${MANAGEMENT_CARD}\n[Network]\nAddress=${NODE}/24\nGateway=${RELAY_ADDRESS}\n`;

/** A namespace between this machine and a container: port 22 of the container appears on a loopback port, nothing else passes. */
export class Management {
  readonly #name: string;
  readonly #relay: ChildProcess;

  private constructor(name: string, relay: ChildProcess) {
    this.#name = name;
    this.#relay = relay;
  }

  /** @throws when the port is taken */
  static async make(name: string, port: number): Promise<Management> {
    await mustRun('ip', ['netns', 'add', name]);
    await mustRun('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    // The socket stays in the network in which it was made, whoever accepts on it.
    const relay = spawn('ip', ['netns', 'exec', name, process.execPath, RELAY, NODE, '22'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await new Promise((resolve) => relay.send('listen', server, {}, resolve));
    server.close();
    return new Management(name, relay);
  }

  /** Plug a cable into the namespace of this process. Connections that an earlier one carried are cut. */
  async plugInto(process_: number): Promise<void> {
    this.#relay.send('drop');
    const inside = (...words: string[]) => mustRun('ip', ['-n', this.#name, ...words]);
    // The kernel takes its time to take away what was plugged into processes that have ended.
    await runProgram('ip', ['-n', this.#name, 'link', 'delete', 'node']);
    const peer = ['peer', 'name', MANAGEMENT_CARD, 'netns', String(process_)];
    await inside('link', 'add', 'node', 'type', 'veth', ...peer);
    await inside('address', 'add', `${RELAY_ADDRESS}/24`, 'dev', 'node');
    await inside('link', 'set', 'node', 'up');
  }

  async remove(): Promise<void> {
    this.#relay.kill('SIGKILL');
    await runProgram('ip', ['netns', 'delete', this.#name]);
  }
}
