import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RotationPlan } from '#shared/domain/rotation/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { SwarmRoom } from './swarm-room.ts';

const SCRIPT = join(import.meta.dirname, '../inside/console.ts');

/** What a console said before it ended or was killed. */
export interface ConsoleEnd {
  killed: boolean;
  plan: RotationPlan | null;
  runs: RotationRun[];
  history: RotationRun[] | null;
  /** Milliseconds from its start until a rotation was seen to move. */
  beganMs: number | null;
  /** All that it printed. */
  said: string;
  tookMs: number;
}

/** Runs a console in the room until it ends. Its passphrase is the same for one data folder. */
export function runConsole(
  room: SwarmRoom,
  dataFolder: string,
  work: Record<string, unknown>,
): { ended: Promise<ConsoleEnd>; kill(): void } {
  const [program = '', ...before] = room.inRoom;
  const wanted = {
    dataFolder,
    identityFile: room.identityFile,
    hostKey: room.hostKey,
    nodes: room.nodes.map(({ id, address }) => ({ id, address })),
    ...work,
  };
  const started = Date.now();
  const child = spawn(
    program,
    [...before, process.execPath, '--no-warnings', SCRIPT, JSON.stringify(wanted)],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: join(import.meta.dirname, '../../..'),
    },
  );
  child.stdin.on('error', () => undefined);
  child.stdin.end('a passphrase of seven quiet lanterns\n');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<ConsoleEnd>((resolve, reject) =>
    child.once('close', (code, signal) => {
      const killed = signal === 'SIGKILL' || code === 137;
      if (!killed && code !== 0)
        return reject(new Error(`The console ended with ${code}: ${said.slice(-4_000)}`));
      const lines = said.split('\n').flatMap((line) => {
        try {
          return line.startsWith('{') ? [JSON.parse(line)] : [];
        } catch {
          return []; // Cut off in the middle.
        }
      });
      const runs = lines.flatMap(({ run }) => (run === undefined ? [] : [run]));
      const first = lines.find(({ run }) => run !== undefined);
      resolve({
        killed,
        plan: lines.find(({ plan }) => plan !== undefined)?.plan ?? null,
        runs,
        history: lines.find(({ history }) => history !== undefined)?.history ?? null,
        beganMs: first === undefined ? null : first.at - started,
        said,
        tookMs: Date.now() - started,
      });
    }),
  );
  return { ended, kill: () => void child.kill('SIGKILL') };
}
