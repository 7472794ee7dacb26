import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import { mayKeepValue } from '../../environment-names.ts';
import { redactArguments, redactText } from '../../redact.ts';
import { decodePath, decodeShort, decodeText } from '../../script/decode.ts';
import { readId } from '../../script/ids.ts';
import { unitOfCgroup } from './cgroup.ts';
import type { ProcessTable } from './tables.ts';

export interface ProcessClock {
  /** Process id of the shell that asked; it and its helpers are left out. */
  self: number;
  ticksPerSecond: number;
  bootedAtSeconds: number | null;
  /** Ids of the sessions over SSH that are the console's own. */
  sessions?: ReadonlySet<string>;
}

/** PF_KTHREAD in the flags of stat (include/linux/sched.h). */
const KERNEL_THREAD = 0x0020_0000;
const NONE: ReadonlySet<string> = new Set();
const OUR_SHELLS = /^(?:sh|dash|bash|ash|busybox|timeout)$/;

interface Stat {
  parent: number;
  session: number;
  flags: number;
  startTicks: number;
}

/** Fields of /proc/PID/stat behind the last `)`: the name before it is the process's own choice. */
function readStat(bytes: Buffer | undefined): Stat | null {
  if (!bytes) return null;
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, 2_048));
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const numberAt = (index: number): number =>
    /^[0-9]{1,20}$/.test(words[index] ?? '') ? Number(words[index]) : -1;
  const stat = { parent: numberAt(1), session: numberAt(3), flags: numberAt(6), startTicks: numberAt(19) };
  return stat.parent < 0 ? null : stat;
}

function readStatus(bytes: Buffer): Map<string, string> {
  const lines = bytes.toString('latin1', 0, Math.min(bytes.length, 16_384)).split('\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** The name as status prints it, with `\n`, `\\` and octal escapes of the kernel left as they are. */
function nameOf(bytes: Buffer): string {
  const end = bytes.indexOf(10);
  const line = bytes.subarray(0, end < 0 ? undefined : end);
  return decodeShort(line.subarray('Name:\t'.length));
}

function environmentOf(table: ProcessTable): ProcessFact['environment'] {
  if (!table.environmentReadable) return null;
  const values = new Map<string, string>();
  for (const entry of table.values) {
    const at = entry.indexOf('=');
    values.set(decodeShort(entry.subarray(0, at)), redactText(decodeText(entry.subarray(at + 1))));
  }
  return table.names.map((entry) => {
    const name = decodeShort(entry.subarray(0, entry.length - 1));
    const empty = table.empty.has(entry.toString('latin1'));
    return { name, value: mayKeepValue(name) ? (values.get(name) ?? (empty ? '' : null)) : null, empty };
  });
}

function argvOf(table: ProcessTable): string[] {
  const words = table.argv.map((word) => decodeText(word));
  // Programs that rewrite their title (setproctitle) leave empty words behind it.
  while (words.length > 0 && words.at(-1) === '') words.pop();
  return redactArguments(words).map((word) => word.slice(0, 4_096));
}

function idsOf(text: string | undefined): number[] {
  return (text ?? '')
    .split(/\s+/)
    .map(readId)
    .filter((id) => id !== null);
}

function flagOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-2]$/.test(text) ? Number(text) : null;
}

function hexOf(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{1,16}$/.test(text) ? text : null;
}

function linkOf(bytes: Buffer | undefined): string | null {
  return bytes && bytes.length > 0 ? decodePath(bytes) : null;
}

function startOf(stat: Stat | null, clock: ProcessClock): string | null {
  if (!stat || stat.startTicks < 0 || clock.bootedAtSeconds === null) return null;
  const at = (clock.bootedAtSeconds + stat.startTicks / clock.ticksPerSecond) * 1_000;
  return at < 253_402_300_800_000 ? new Date(at).toISOString() : null;
}

/** The asking shell, what it descends from in its own session, and all that descends from there. */
function ownProcesses(
  stats: ReadonlyMap<number, Stat>,
  names: ReadonlyMap<number, string>,
  self: number,
): Set<number> {
  const session = stats.get(self)?.session;
  let top = self;
  for (let steps = 0; steps < 16; steps += 1) {
    const parent = stats.get(top)?.parent ?? 0;
    if (parent <= 1 || stats.get(parent)?.session !== session || !OUR_SHELLS.test(names.get(parent) ?? ''))
      break;
    top = parent;
  }
  const own = new Set([top]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, stat] of stats) {
      if (own.has(stat.parent) && !own.has(pid)) {
        own.add(pid);
        grown = true;
      }
    }
  }
  return own;
}

/** Whether a program was started by the SSH server for one of the console's own connections; what outlived that has another parent. */
function isOfConsole(
  pid: number,
  unit: string | null,
  stats: ReadonlyMap<number, Stat>,
  names: ReadonlyMap<number, string>,
  sessions: ReadonlySet<string>,
): boolean {
  const id = /^session-([A-Za-z0-9]+)\.scope$/.exec(unit ?? '')?.[1];
  if (id === undefined || !sessions.has(id)) return false;
  let parent = stats.get(pid)?.parent ?? 0;
  for (let steps = 0; steps < 32 && parent > 1; steps += 1) {
    if (/^sshd(-session)?$/.test(names.get(parent) ?? '')) return true;
    parent = stats.get(parent)?.parent ?? 0;
  }
  return false;
}

/**
 * Builds the facts of all processes but kernel threads, zombies, and those that this very look started. A process that died while
 * it was read has no status and is left out.
 */
export function buildProcesses(
  tables: ReadonlyMap<number, ProcessTable>,
  clock: ProcessClock,
): ProcessFact[] {
  const stats = new Map<number, Stat>();
  const names = new Map<number, string>();
  for (const [pid, table] of tables) {
    const stat = readStat(table.stat);
    if (stat) stats.set(pid, stat);
    if (table.status) names.set(pid, nameOf(table.status));
  }
  const own = ownProcesses(stats, names, clock.self);
  const processes: ProcessFact[] = [];
  for (const [pid, table] of tables) {
    const stat = stats.get(pid) ?? null;
    if (!table.status || own.has(pid) || (stat && stat.flags > 0 && stat.flags & KERNEL_THREAD)) continue;
    const status = readStatus(table.status);
    if (/^[ZX]/.test(status.get('State') ?? '')) continue; // has ended, and runs nothing any more
    const [uid, effectiveUid] = idsOf(status.get('Uid'));
    const gid = idsOf(status.get('Gid'))[0];
    if (uid === undefined || effectiveUid === undefined || gid === undefined) continue;
    const cgroup = unitOfCgroup(table.cgroup);
    if (isOfConsole(pid, cgroup.unit, stats, names, clock.sessions ?? NONE)) continue;
    const noNewPrivileges = flagOf(status.get('NoNewPrivs'));
    processes.push({
      pid,
      parent: stat?.parent ?? idsOf(status.get('PPid'))[0] ?? 0,
      uid,
      effectiveUid,
      gid,
      groups: idsOf(status.get('Groups')).slice(0, 256),
      name: names.get(pid) ?? '',
      argv: argvOf(table),
      environment: environmentOf(table),
      executable: linkOf(table.executable),
      workingDirectory: linkOf(table.workingDirectory),
      startedAt: startOf(stat, clock),
      cgroup: cgroup.path,
      unit: cgroup.unit,
      namespaces: table.namespaces ?? null,
      seccomp: flagOf(status.get('Seccomp')),
      noNewPrivileges: noNewPrivileges === null ? null : noNewPrivileges === 1,
      capabilitiesEffective: hexOf(status.get('CapEff')),
      capabilitiesBounding: hexOf(status.get('CapBnd')),
      apparmor: table.apparmor ? decodeShort(table.apparmor).trim() || null : null,
    });
  }
  return processes.sort((a, b) => a.pid - b.pid);
}
