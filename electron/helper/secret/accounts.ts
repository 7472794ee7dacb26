import { readFileSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { lookUp } from '../verbs/account-files.ts';

const LISTEN = '0A';
const MOST_BYTES = 16 * 1024 * 1024;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, MOST_BYTES);
  } catch {
    return '';
  }
}

/** Uids of sockets that listen on a TCP port, both families (proc(5): /proc/net/tcp). */
export function listenersOn(port: number): number[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const uids = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    textOf(table)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , uid] = line.trim().split(/\s+/);
        return state === LISTEN && local.endsWith(`:${wanted}`) && /^\d+$/.test(uid ?? '')
          ? [Number(uid)]
          : [];
      }),
  );
  return [...new Set(uids)];
}

/**
 * Accounts as nft(8) takes them: these uids and the subordinate ones that they can become (subuid(5)).
 * @returns numbers and ranges, at most 64
 */
export function accountsOf(machine: Machine, uids: readonly number[]): string[] {
  const lines = textOf('/etc/subuid').split('\n');
  const ranges = uids.flatMap((uid) => {
    const name = lookUp(machine, 'passwd', uid)?.split(':')[0];
    return lines.flatMap((line) => {
      const [who, first, count] = line.split(':');
      const [start, length] = [Number(first), Number(count)];
      const isOurs = who !== undefined && who !== '' && (who === name || who === String(uid));
      const isRange = Number.isInteger(start) && Number.isInteger(length) && start > 0 && length > 0;
      return isOurs && isRange && start + length - 1 <= 4_294_967_294
        ? [`${start}-${start + length - 1}`]
        : [];
    });
  });
  return [...new Set([...uids.map(String), ...ranges])].slice(0, 64);
}
