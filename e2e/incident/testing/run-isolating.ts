import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Isolation, IsolationPlan } from '#shared/domain/incident/isolation.ts';
import type { IsolatingWork } from '../inside/isolating.ts';
import type { IsolationRoom } from './isolation-room.ts';

const SCRIPT = join(import.meta.dirname, '../inside/isolating.ts');
const PYTHON = '/usr/bin/python3';

/** What a console said before it ended or was killed. */
export interface IsolatingEnd {
  killed: boolean;
  plan: IsolationPlan | null;
  ordered: Isolation | string | null;
  twice: Isolation | string | null;
  /** The one that was worked on, at its end. */
  last: Isolation | null;
  /** What was still open at its end. */
  open: Isolation[];
}

let serial = 0;

/** @returns a fresh folder for the records of a console */
export function dataFolder(room: IsolationRoom): string {
  serial += 1;
  const folder = join(room.folder, `isolating-${serial}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Runs a console in the room until it ends. */
export function runIsolating(
  room: IsolationRoom,
  work: Partial<IsolatingWork> & { dataFolder: string },
): Promise<IsolatingEnd> {
  const [program = '', ...before] = room.inRoom;
  const { identityFile, hostKeys } = room;
  const nodes = room.nodes.map(({ id, address }, index) => ({ id, address, hostKey: hostKeys[index] ?? '' }));
  const wanted: IsolatingWork = {
    ...{ identityFile, nodes, work: 'hold', isolate: ['node-1'], scope: 'node', seconds: 60 },
    ...work,
  };
  const child = spawn(
    program,
    [...before, process.execPath, '--no-warnings', SCRIPT, JSON.stringify(wanted)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: join(import.meta.dirname, '../../..'),
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  return new Promise((resolve, reject) =>
    child.once('close', (code, signal) => {
      const killed = signal === 'SIGKILL' || code === 137;
      if (!killed && code !== 0)
        return reject(new Error(`The console ended with ${code}: ${said.slice(-4_000)}`));
      const lines = said
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line));
      resolve({
        killed,
        plan: lines.find((line) => line.plan)?.plan ?? null,
        ordered: lines.find((line) => line.ordered)?.ordered ?? null,
        twice: lines.find((line) => line.twice)?.twice ?? null,
        last: lines.find((line) => line.last)?.last ?? null,
        open: lines.find((line) => line.open)?.open ?? [],
      });
    }),
  );
}

/** Counts what a node really puts on the wire. @returns how to stop, and the frames by kind */
export async function watchNode(
  room: IsolationRoom,
  index: number,
): Promise<() => Promise<Record<string, number>>> {
  const node = room.nodes[index];
  if (node === undefined) throw new Error('no such node');
  const mac = node.run('cat /sys/class/net/eth0/address').trim();
  const [program = '', ...before] = room.inRoom;
  const script = join(import.meta.dirname, '../inside/sniff.py');
  const child = spawn(program, [...before, PYTHON, '-S', script, `v-${node.id}`, mac, '10.77.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready')) resolve();
    }),
  );
  return async () => {
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    await ended;
    return JSON.parse(said.split('\n')[1] ?? '{}');
  };
}

/** Sends packets of all kinds from the first node to the second one. @returns how many were sent */
export function sendPackets(room: IsolationRoom, each: number): number {
  const [from, to] = room.nodes;
  if (from === undefined || to === undefined) throw new Error('two nodes are needed');
  const mac = to.run('cat /sys/class/net/eth0/address').trim();
  const script = join(import.meta.dirname, '../inside/packets.py');
  return Number(
    from.run(`${PYTHON} -S - ${each} ${to.address} fd77::12 ${mac} <<'END'\n${readText(script)}\nEND`),
  );
}

function readText(path: string): string {
  return spawnSync('cat', [path], { encoding: 'utf8' }).stdout;
}
