import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { Collector } from '../collector.ts';
import { decodeShort, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';
import { readTold, whyNotTold } from '../script/told.ts';
import { unitOfCgroup } from './processes/cgroup.ts';
import { readTables } from './processes/tables.ts';
import { readProcNet } from './sockets/proc-net.ts';
import { type BareSocket, readSs } from './sockets/ss.ts';

/**
 * `ss` without `-p`: names of processes would stand in its lines unescaped. Owners come from /proc/PID/fd instead, whose
 * links have no text that a process can choose.
 */
const SCRIPT = `${PRELUDE}
emit accounts "$(head -c 1048576 /etc/passwd | cut -d: -f1,3)"
if has ss && lines=$(limited 4 ss -Hltune 2>/dev/null); then
  if [ "\${#lines}" -le 8388608 ]; then emit ss "$lines"; else printf '%s\\n' "$lines" | head -c 8388608 | emit_content ss; fi
else
  for table in tcp tcp6 udp udp6; do
    case $table in tcp) tag=tcp ;; tcp6) tag=tcp-six ;; udp) tag=udp ;; udp6) tag=udp-six ;; esac
    head -c 8388608 "/proc/net/$table" 2>/dev/null | awk '$4 == "0A" || $4 == "07"' | emit_content "$tag"
  done
fi
emit owners "$(told limit 4 find /proc/[0-9]*/fd -maxdepth 1 -lname 'socket:*' -printf '%p %l\\n' 2>/dev/null | head -c 8388608)"
cd /proc && {
  emit begin files
  grep -azsH '' [0-9]*/status [0-9]*/cgroup 2>/dev/null
  [ "$?" -lt 124 ] || { printf '\\0'; emit died; }
  emit begin nothing
}
${END}`;

/** Socket inode → processes that hold it, from lines `/proc/PID/fd/N socket:[INODE]`. */
function readOwners(text: string): Map<string, number[]> {
  const owners = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const match = /^\/proc\/([0-9]{1,10})\/fd\/[0-9]+ socket:\[([0-9]{1,20})\]$/.exec(line);
    if (!match) continue;
    const pids = owners.get(match[2] ?? '') ?? [];
    const pid = Number(match[1]);
    if (pids.length < 64 && !pids.includes(pid)) pids.push(pid);
    owners.set(match[2] ?? '', pids);
  }
  return owners;
}

function readAccounts(text: string): Map<number, string> {
  const accounts = new Map<number, string>();
  for (const line of text.split('\n')) {
    const match = /^([^:]{1,256}):([0-9]{1,10})$/.exec(line);
    if (match && !accounts.has(Number(match[2]))) accounts.set(Number(match[2]), match[1] ?? '');
  }
  return accounts;
}

/** Listening TCP and unconnected UDP sockets of both families with their owners. */
export const socketsCollector: Collector<'sockets'> = {
  subject: 'sockets',
  trip: 1,
  budgetMs: 10_000,
  maxBytes: 24 * 1_048_576,
  source: 'ss -ltune, else cat /proc/net/{tcp,tcp6,udp,udp6}; ls -l /proc/PID/fd',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    const content = (tag: string): Buffer | undefined =>
      records.find((entry) => entry.tag === tag)?.fields[0];
    const text = (tag: string): string => decodeText(content(tag), 8_388_608);
    const bare: BareSocket[] = content('ss')
      ? readSs(text('ss'))
      : [
          ...readProcNet(text('tcp'), 4, 'tcp'),
          ...readProcNet(text('tcp-six'), 6, 'tcp'),
          ...readProcNet(text('udp'), 4, 'udp'),
          ...readProcNet(text('udp-six'), 6, 'udp'),
        ];
    if (!content('ss') && !content('tcp')) return unseen(whyUnfinished(output));
    const told = readTold(content('owners'));
    const owners = readOwners(decodeText(told.bytes, 8_388_608));
    const accounts = readAccounts(decodeText(content('accounts'), 1_048_576));
    const tables = readTables(output.stdout);
    const listening = bare.slice(0, 16_384).map((socket): ListeningSocket => {
      const { inode, unit, ...visible } = socket;
      const pids = owners.get(inode) ?? [];
      const table = tables.get(pids[0] ?? -1);
      const status = table?.status;
      const end = status?.indexOf(10) ?? -1;
      return {
        ...visible,
        user: accounts.get(socket.uid) ?? null,
        pids,
        processName: status && end > 6 ? decodeShort(status.subarray(6, end)) : null,
        unit: unit ?? unitOfCgroup(table?.cgroup).unit,
      };
    });
    const gaps: Gap[] = [];
    const ownerless = listening.filter((socket) => socket.pids.length === 0);
    if (ownerless.length > 0 && context.privilege === 'user') {
      const what = `processes behind ${ownerless.length} sockets`;
      gaps.push(gapOf(what, 'they belong to other accounts', helpFor(context)));
    }
    // Status 1 of find(1): a process ended while it was looked at.
    if (told.status !== 0 && told.status !== 1)
      gaps.push(gapOf('processes behind sockets', whyNotTold(told, 'the search for them')));
    if (records.some(({ tag }) => tag === 'died'))
      gaps.push(gapOf('names of processes behind sockets', 'the look at them was ended before it was done'));
    if (!finished) gaps.push(gapOf('some sockets', whyUnfinished(output)));
    return seen({ listening }, gaps);
  },
};
