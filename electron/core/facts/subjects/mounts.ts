import type { MountFacts } from '#shared/domain/facts/machine.ts';
import type { Collector } from '../collector.ts';
import { decodePath, decodeShort } from '../script/decode.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';

/**
 * Only file systems behind a network or a user-space program can hang. Each is asked in the background, and what has not
 * answered after a second is left alone: a process that waits for a dead server may not even be killable.
 */
const SCRIPT = `${PRELUDE}
emit mountinfo "$(head -c 4194304 /proc/self/mountinfo)"
suspects=$(awk '{ for (at = 7; at <= NF; at++) if ($at == "-") { if ($(at + 1) ~ /^(nfs|nfs4|cifs|smb3|smbfs|ceph|9p|afs|glusterfs|lustre|ncpfs|davfs|fuse|fuse\\..*)$/ && ++count <= 64) print $5; break } }' /proc/self/mountinfo)
if [ -n "$suspects" ]; then
  asked=
  for escaped in $suspects; do
    format=$(printf '%s' "$escaped" | sed 's/%/%%/g')
    ( limit 1 stat -f -- "$(printf "$format")" >/dev/null 2>&1; [ "$?" -lt 124 ] && emit answered "$escaped" ) &
    asked="$asked $!"
    emit asked "$escaped"
  done
  ( sleep "$((1 * \${patience:-1})).4"; kill -KILL $asked ) >/dev/null 2>&1 &
  watch=$!
  wait $asked
  kill "$watch" 2>/dev/null
fi 2>/dev/null
for device in /sys/block/dm-*/dm; do
  read -r kind 2>/dev/null < "$device/uuid" || continue
  case $kind in CRYPT-*) read -r name < "$device/name" && emit encrypted "/dev/mapper/$name" ;; esac
done
${END}`;

/**
 * Octal escapes of mountinfo (space, tab, newline, backslash, `#`) as bytes (proc_pid_mountinfo(5)).
 * @param text a word of the file
 */
export function unescapeMount(text: Buffer): Buffer {
  const latin = text.toString('latin1');
  const plain = latin.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(plain, 'latin1');
}

/**
 * Reads /proc/PID/mountinfo (proc_pid_mountinfo(5)).
 * @param bytes the file
 * @param hung mount points as they are escaped in the file that did not answer in time
 * @returns at most 4,096 mounts; lines of another shape are left out
 */
export function readMountInfo(bytes: Buffer, hung: ReadonlySet<string>): MountFacts['mounts'] {
  const mounts: MountFacts['mounts'] = [];
  for (const line of bytes.toString('latin1').split('\n')) {
    if (mounts.length === 4_096) break;
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const [root, path] = [words[3], words[4]];
    if (dash < 0 || root === undefined || path === undefined || !path.startsWith('/')) continue;
    const decode = (word: string | undefined): string =>
      decodePath(unescapeMount(Buffer.from(word ?? '', 'latin1')));
    const options = [...(words[5] ?? '').split(','), ...(words[dash + 3] ?? '').split(',')];
    mounts.push({
      path: decode(path),
      root: decode(root),
      source: decode(words[dash + 2]),
      type: decodeShort(Buffer.from(words[dash + 1] ?? '', 'latin1')),
      options: [...new Set(options)]
        .filter((option) => option !== '')
        .map((option) => option.slice(0, 256))
        .slice(0, 64),
      hung: hung.has(path),
    });
  }
  return mounts;
}

/** Mounts of the node, which of them hang, and which block devices are encrypted. */
export const mountsCollector: Collector<'mounts'> = {
  subject: 'mounts',
  trip: 1,
  budgetMs: 8_000,
  maxBytes: 6 * 1_048_576,
  source: 'cat /proc/self/mountinfo; stat -f NETWORK-MOUNTS; cat /sys/block/dm-*/dm/uuid',
  script: () => SCRIPT,
  parse(output) {
    const { records, finished } = readRecords(output);
    const table = records.find((record) => record.tag === 'mountinfo')?.fields[0];
    if (!table) return unseen(whyUnfinished(output));
    const names = (tag: string): string[] =>
      records
        .filter((record) => record.tag === tag)
        .map((record) => record.fields[0]?.toString('latin1') ?? '');
    const answered = new Set(names('answered'));
    const hung = new Set(names('asked').filter((path) => !answered.has(path)));
    const encryptedDevices = records
      .filter((record) => record.tag === 'encrypted')
      .map((record) => decodePath(record.fields[0]))
      .slice(0, 256);
    const gaps = finished ? [] : [gapOf('parts of the mounts', whyUnfinished(output))];
    return seen({ mounts: readMountInfo(table, hung), encryptedDevices }, gaps);
  },
};
