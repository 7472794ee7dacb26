import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { SshWay } from '#shared/domain/incident/isolation-rules.ts';

/** The connection by which this run was asked for, and the port that the console has it on. */
export interface OwnWay extends SshWay {
  clientPort: number;
}

interface Connection {
  inode: string;
  local: { address: string; port: number };
  remote: { address: string; port: number };
  state: string;
}

const ESTABLISHED = '01';
const LISTENING = '0A';
const MOST_ABOVE = 32;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The SSH connection over which this process was started: the accepted TCP connection of its nearest ancestor that has one. sudo(8) empties the
 * environment, so `SSH_CONNECTION` is not there, and an account could set it to anything; what the kernel lists cannot be set.
 * @returns null when it was started on this machine itself
 */
export function findSshWay(): OwnWay | null {
  const connections = [...readTable('/proc/net/tcp'), ...readTable('/proc/net/tcp6')];
  const accepting = new Set(
    connections.filter(({ state }) => state === LISTENING).map(({ local }) => local.port),
  );
  const byInode = new Map(
    connections
      .filter(({ state, local }) => state === ESTABLISHED && accepting.has(local.port))
      .map((one) => [one.inode, one]),
  );
  let pid = process.ppid;
  for (let above = 0; pid > 1 && above < MOST_ABOVE; above += 1) {
    const found = socketsOf(pid).flatMap((inode) => byInode.get(inode) ?? [])[0];
    if (found !== undefined) {
      const { local, remote } = found;
      return { console: remote.address, node: local.address, port: local.port, clientPort: remote.port };
    }
    pid = parentOf(pid);
  }
  return null;
}

function readTable(path: string): Connection[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8').slice(0, MOST_BYTES);
  } catch {
    return [];
  }
  return text.split('\n').slice(1).flatMap(readLine);
}

/** One line of /proc/net/tcp or tcp6 (proc(5)); addresses are words in the byte order of the machine, which is little-endian on ours. */
export function readLine(line: string): Connection[] {
  const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
  const here = readEnd(local);
  const there = readEnd(remote);
  return here === null || there === null ? [] : [{ inode, local: here, remote: there, state }];
}

function readEnd(text: string): { address: string; port: number } | null {
  const [, hex = '', port = ''] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text) ?? [];
  if (hex === '') return null;
  const words = (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse());
  const bytes = words.flat();
  return { address: readAddress(bytes), port: Number.parseInt(port, 16) };
}

function readAddress(bytes: readonly string[]): string {
  const last = bytes.slice(-4).map((byte) => Number.parseInt(byte, 16));
  // ::ffff:a.b.c.d of RFC 4291, 2.5.5.2: an IPv4 connection of a socket for both.
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join('') === '00000000000000000000FFFF';
  if (bytes.length === 4 || isMapped) return last.join('.');
  const groups = bytes.reduce<string[]>((all, byte, index) => {
    if (index % 2 === 0) all.push(byte);
    else all[all.length - 1] += byte;
    return all;
  }, []);
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
