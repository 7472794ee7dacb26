import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { openSwarmRoom, type RoomNode, type SwarmRoom } from '../../swarm/testing/swarm-room.ts';

/** IPv6 of the room beside its IPv4: the last number is the same. */
export const V6 = 'fd77::';
export const sixOf = ({ address }: RoomNode) => `${V6}${address.split('.').at(-1)}`;

/** A room whose machines have both families, and SSH from where the console stands. */
export interface IsolationRoom extends SwarmRoom {
  /** Asks the helper of a node over SSH: over a connection of its own, or the shared one of that name. */
  ask(node: RoomNode, what: IsolateAct, shared?: string): HelperAnswer;
  /** Runs a script as root on a node over SSH. @returns its exit status, 255 when SSH did not get through */
  ssh(
    node: RoomNode,
    script: string,
    options?: { shared?: string; from?: string },
  ): { status: number | null; said: string };
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
  const options = (shared: string | undefined) => [
    ...[
      '-F',
      'none',
      '-T',
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
    ],
    ...['-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=2', '-o', `IdentityFile=${room.identityFile}`],
    ...(shared === undefined
      ? ['-o', 'ControlPath=none']
      : [
          '-o',
          'ControlMaster=auto',
          '-o',
          `ControlPath=${join(room.folder, shared)}`,
          '-o',
          'ControlPersist=60',
        ]),
  ];
  const over = (node: RoomNode, shared: string | undefined, words: string, input = '') => {
    const [program = '', ...before] = room.inRoom;
    return spawnSync(program, [...before, 'ssh', ...options(shared), '-l', 'root', node.address, words], {
      encoding: 'utf8',
      input,
      maxBuffer: 16 * 1024 * 1024,
      timeout: 30_000,
    });
  };
  return {
    ...room,
    here,
    ask(node, what, shared) {
      const end = over(node, shared, HELPER_PROGRAM, JSON.stringify({ version: 1, ask: 'isolate', what }));
      try {
        return helperAnswer.parse(JSON.parse(end.stdout));
      } catch {
        throw new Error(`No answer (${end.status}): ${end.stdout}${end.stderr}`);
      }
    },
    ssh(node, script, { shared } = {}) {
      const end = over(node, shared, '/bin/sh -s', script);
      return { status: end.status, said: `${end.stdout}${end.stderr}` };
    },
  };
}
