import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { sshOptions } from '../../fixtures/ssh-options.ts';
import { openSwarmRoom, type RoomNode, type SwarmRoom } from '../../swarm/testing/swarm-room.ts';

/** IPv6 of the room beside its IPv4: the last number is the same. */
export const V6 = 'fd77::';
export const sixOf = ({ address }: RoomNode) => `${V6}${address.split('.').at(-1)}`;

/** How SSH comes to a node: over a shared connection of that name, from that address of the console, by IPv6. */
export interface SshWish {
  shared?: string;
  from?: string;
  six?: boolean;
}

/** A room whose machines have both families, and SSH from where the console stands. */
export interface IsolationRoom extends SwarmRoom {
  /** Of each node its own, in their order: machines with one key are one machine. */
  hostKeys: readonly string[];
  /** Asks the helper of a node over SSH: over a connection of its own, or the shared one of that name. */
  ask(node: RoomNode, what: IsolateAct, shared?: string, six?: boolean): HelperAnswer;
  /** Runs a script as root on a node over SSH. @returns its exit status, 255 when SSH did not get through */
  ssh(node: RoomNode, script: string, wish?: SshWish): { status: number | null; said: string };
  /** Runs a program where the console stands. */
  here(...words: string[]): { status: number | null; said: string };
}

/** Makes it; close it in any case. */
export async function openIsolationRoom(count: number): Promise<IsolationRoom> {
  const room = await openSwarmRoom(count);
  const here = (...words: string[]) => {
    const [program = '', ...before] = room.inRoom;
    const end = spawnSync(program, [...before, ...words], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
    return { status: end.status, said: `${end.stdout}${end.stderr}` };
  };
  here('ip', 'address', 'add', `${V6}1/64`, 'dev', 'br0', 'nodad');
  for (const node of room.nodes) node.run(`ip address add ${sixOf(node)}/64 dev eth0 nodad`);
  const { identityFile } = room;
  const options = (shared: string | undefined, from?: string) =>
    sshOptions({
      identityFile,
      ...(shared === undefined ? {} : { shared: join(room.folder, shared) }),
      ...(from === undefined ? {} : { from }),
    });
  const hostKeys = room.nodes.map((node) => ownHostKey(room.folder, node));
  const over = (
    node: RoomNode,
    words: string,
    { shared, from, input = '', six = false }: SshWish & { input?: string },
  ) => {
    const [program = '', ...before] = room.inRoom;
    const host = six ? sixOf(node) : node.address;
    return spawnSync(program, [...before, 'ssh', ...options(shared, from), host, words], {
      encoding: 'utf8',
      input,
      maxBuffer: 16 * 1024 * 1024,
      timeout: 40_000,
    });
  };
  return {
    ...room,
    here,
    hostKeys,
    ask(node, what, shared, six = false) {
      const input = JSON.stringify({ version: 1, ask: 'isolate', what });
      const end = over(node, HELPER_PROGRAM, { input, six, ...(shared === undefined ? {} : { shared }) });
      try {
        return helperAnswer.parse(JSON.parse(end.stdout));
      } catch {
        throw new Error(`No answer (${end.status}): ${end.stdout}${end.stderr}`);
      }
    },
    ssh(node, script, wish = {}) {
      const end = over(node, '/bin/sh -s', { input: script, ...wish });
      return { status: end.status, said: `${end.stdout}${end.stderr}` };
    },
  };
}

/** A host key of its own; sshd(8) reads it when it gets SIGHUP. @returns it as known_hosts has it */
function ownHostKey(folder: string, node: RoomNode): string {
  const file = join(folder, `host_key_${node.id}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  node.run(
    `umask 077; cat > /etc/swarm-sshd/host_key <<'END'\n${readFileSync(file, 'utf8')}END\nprintf 'ListenAddress [::]:22\\n' >> /etc/swarm-sshd/config; kill -HUP 1`,
  );
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}
