import { createHash } from 'node:crypto';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';

type Snapshot = NonNullable<Extract<HelperAnswer, { answer: 'isolation-settled' }>['snapshot']>;

/** The whole snapshot, and one part of it, in milliseconds. */
const MOST_MS = 10_000;
const PART_MS = 4_000;
const PART_BYTES = 131_072;

/** In the order in which they change: what is gone first comes first. */
const PARTS = [
  { name: 'sockets', program: 'ss', arguments: ['-tuwxnape'] },
  { name: 'neighbours', program: 'ip', arguments: ['neigh', 'show'] },
  {
    name: 'processes',
    program: 'ps',
    arguments: ['-eo', 'pid,ppid,uid,lstart,stat,args', '--no-headers', '-ww'],
  },
  { name: 'addresses', program: 'ip', arguments: ['address', 'show'] },
  { name: 'routes', program: 'ip', arguments: ['route', 'show', 'table', 'all'] },
  { name: 'rules', program: 'nft', arguments: ['list', 'ruleset'] },
] as const;

/** What a node looks like right after the cut, before its connections are ended. Ten seconds at most; what was not had is empty and marked. */
export function takeSnapshot(machine: Machine): Snapshot {
  const begun = performance.now();
  const at = new Date().toISOString();
  const parts = PARTS.map(({ name, program, arguments: words }) => {
    const left = Math.min(PART_MS, MOST_MS - (performance.now() - begun));
    if (left < 50) return { name, text: '', cut: true };
    try {
      const end = runProgram(machine, { program, arguments: words, timeoutMs: left, maxBytes: PART_BYTES });
      const text = end.output.toString('utf8').slice(0, PART_BYTES);
      return { name, text, cut: end.cut || end.timedOut || end.status !== 0 };
    } catch {
      return { name, text: '', cut: true };
    }
  });
  const sha256 = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return { at, tookMs: performance.now() - begun, sha256, parts };
}
