import { quote } from '#core/hosts/quote.ts';

/** Where journald keeps its files (systemd-journald.service(8)). */
export const JOURNAL_FOLDERS = ['/var/log/journal', '/run/log/journal'];

/** From where a journal is read: behind an entry that was read, or what is not older than so many seconds since 1970. */
export type JournalStart = { cursor: string } | { sinceSeconds: number };

/**
 * Matches of journalctl(1) for what is followed. Units by the fields that only journald itself can write, so that no process can
 * put lines into the journal of another one; what the manager says of a unit, and what root says of it, belong to it.
 * @param unit of the source's target
 * @returns null for what is no name of a unit
 */
export function journalMatches(unit: string | null): string[] | null {
  if (unit === null) return [];
  if (unit === 'kernel') return ['_TRANSPORT=kernel'];
  if (unit === 'auth') return ['SYSLOG_FACILITY=4', 'SYSLOG_FACILITY=10'];
  if (!/^[A-Za-z0-9:_.\\@-]{1,255}$/.test(unit) || unit.startsWith('-')) return null;
  const name = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  return [
    `_SYSTEMD_UNIT=${name}`,
    '+',
    '_PID=1',
    `UNIT=${name}`,
    '+',
    `_SYSTEMD_USER_UNIT=${name}`,
    '+',
    '_UID=0',
    `OBJECT_SYSTEMD_UNIT=${name}`,
  ];
}

/** A cursor as journald makes it (sd_journal_get_cursor(3)), which is opaque, but never anything else. */
export const CURSOR = /^[a-z0-9=;]{1,512}$/;

/**
 * The script that follows a journal: a first line `#STATE UID` that says whether there is a journal that this account may read
 * whole, then journalctl's lines. It ends with its input, and journalctl with it.
 * @returns null when a value cannot be part of a command
 */
export function journalScript(
  start: JournalStart,
  matches: readonly string[],
  program = 'journalctl',
  folders: readonly string[] = JOURNAL_FOLDERS,
): string | null {
  if ('cursor' in start && !CURSOR.test(start.cursor)) return null;
  const from =
    'cursor' in start
      ? `--cursor=${start.cursor}`
      : `--since=@${Math.max(0, Math.trunc(start.sinceSeconds))}`;
  const words = [program, '--output=json', '--all', '--follow', '--no-tail', '--quiet', from, ...matches];
  const quoted = [...words, ...folders].map((word) => quote(word));
  const bad = quoted.find((word) => !word.ok);
  if (bad) return null;
  const texts = quoted.map((word) => (word.ok ? word.text : ''));
  const command = texts.slice(0, words.length).join(' ');
  const files = texts.slice(words.length).map((folder) => `${folder}/*/system.journal`);
  return `LC_ALL=C; LANG=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL LANG PATH
unset ENV BASH_ENV CDPATH LD_PRELOAD LD_LIBRARY_PATH SYSTEMD_PAGER
main() {
  command -v ${texts[0]} >/dev/null 2>&1 || { printf '#lacks 0\\n'; exit 3; }
  state=none
  for file in ${files.join(' ')}; do
    [ -e "$file" ] || continue
    state=closed
    [ -r "$file" ] && { state=readable; break; }
  done
  printf '#%s %s\\n' "$state" "$(id -u)"
  [ "$state" = readable ] || exit 4
  exec 3<&0
  ${command} </dev/null 3<&- &
  journal=$!
  { cat <&3 >/dev/null; kill "$journal"; } >/dev/null 2>&1 &
  watch=$!
  exec 3<&-
  wait "$journal"; ended=$?
  kill "$watch" 2>/dev/null
  exit "$ended"
}
main
`;
}
