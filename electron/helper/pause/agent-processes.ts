import { readdirSync, readFileSync } from 'node:fs';
import { Refused } from '../refused.ts';

/** A process as proc(5) shows it in /proc/PID/status and /proc/PID/cgroup. */
export interface AgentProcess {
  pid: number;
  parent: number;
  name: string;
  /** Real, effective, saved and file system uid. */
  uids: readonly number[];
  /** One letter: `T` stands still because of a signal, `Z` has ended. */
  state: string;
  /** SIGSTOP was sent and comes before anything else that it does. */
  stopping: boolean;
  /** Path of its control group; of the hierarchy that systemd names units by. */
  group: string;
}

const SIGSTOP_BIT = 1n << 18n;
const STATUS_BYTES = 65_536;

/**
 * @returns every process of this machine; those that end meanwhile are left out
 * @throws Refused `no-permission` where not even this one can be seen: nobody may be called still because nothing was looked at
 */
export function allProcesses(root = '/proc'): AgentProcess[] {
  const found = readdirSync(root).flatMap((name) => {
    if (!/^\d{1,10}$/.test(name)) return [];
    try {
      const status = readFileSync(`${root}/${name}/status`, 'utf8').slice(0, STATUS_BYTES);
      const group = readFileSync(`${root}/${name}/cgroup`, 'utf8').slice(0, STATUS_BYTES);
      return [readProcess(Number(name), status, group)];
    } catch {
      return [];
    }
  });
  if (found.some(({ pid }) => pid === process.pid)) return found;
  throw new Refused(
    'no-permission',
    'The processes of this node cannot be seen, so nothing is known of them.',
  );
}

/** @param status text of /proc/PID/status; the name in it is the process's own choice and comes escaped on one line */
export function readProcess(pid: number, status: string, group: string): AgentProcess {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const pending = /^[0-9a-f]{1,32}$/.test(field('ShdPnd')) ? BigInt(`0x${field('ShdPnd')}`) : 0n;
  return {
    pid,
    parent: Number(field('PPid')) || 0,
    name: field('Name').slice(0, 64),
    uids: field('Uid')
      .split(/\s+/)
      .filter((uid) => /^\d+$/.test(uid))
      .map(Number),
    state: field('State').slice(0, 1),
    stopping: (pending & SIGSTOP_BIT) !== 0n,
    group: groupOf(group),
  };
}

/** cgroups(7): `0::/path` where there is one hierarchy, `N:name=systemd:/path` where there are several. */
function groupOf(text: string): string {
  const lines = text.split('\n');
  const own =
    lines.find((line) => /^\d+:name=systemd:/.test(line)) ?? lines.find((line) => line.startsWith('0::'));
  return own?.replace(/^\d+:[^:]*:/, '') ?? '';
}

/** @returns this process and all above it: whoever asked must be able to hear the answer */
export function selfAndAbove(processes: readonly AgentProcess[], self = process.pid): AgentProcess[] {
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const above: AgentProcess[] = [];
  for (let at = byPid.get(self); at !== undefined && above.length < 256; at = byPid.get(at.parent)) {
    above.push(at);
    if (at.parent === at.pid) break;
  }
  return above;
}
