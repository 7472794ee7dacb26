import type { SshServerFacts } from '#shared/domain/facts/machine.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodePath, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { readTold, whyNotTold } from '../script/told.ts';

const SCRIPT = `${PRELUDE}
show() { # FILE DEPTH
  if [ ! -f "$1" ]; then return; fi
  if [ ! -r "$1" ]; then emit closed "$1"; return; fi
  emit file "$1" "$(head -c 262144 "$1")"
  [ "$2" -lt 3 ] || return
  sed -n 's/^[[:space:]]*[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]=]*//p' "$1" | head -n 32 | tr -s ' \\t"' '\\n\\n\\n' | while IFS= read -r pattern; do
    [ -n "$pattern" ] || continue
    case $pattern in /*) full=$pattern ;; *) full=/etc/ssh/$pattern ;; esac
    folder=\${full%/*}
    if [ -d "$folder" ] && [ ! -r "$folder" ]; then emit closed "$folder"; continue; fi
    ( IFS=; count=0; for found in $full; do
      [ -e "$found" ] && [ $count -lt 64 ] || continue
      count=$((count + 1)); emit include "$pattern" "$found"; show "$found" $(($2 + 1))
    done )
  done
}
if has sshd; then
  emit installed "$(command -v sshd)" "$(limited 2 sshd -V 2>&1 </dev/null)" "$(limited 2 ssh -V 2>&1 </dev/null)"
  if [ "$node_uid" = 0 ]; then
    errors=$( { told limit 3 sshd -T </dev/null 2>&3 | head -c 131072 | emit_content effective >&4; } 3>&1 4>&5 ) 5>&1
    emit errors "$errors"
  fi
  show /etc/ssh/sshd_config 0
fi
${END}`;

/** sshd_config(5): keyword and value separated by blanks or one `=`; `#` begins a comment line. */
function readLine(line: string): { keyword: string; value: string } | null {
  const match = /^\s*([A-Za-z][A-Za-z0-9]{1,63})(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line);
  return match ? { keyword: (match[1] ?? '').toLowerCase(), value: (match[2] ?? '').slice(0, 4_096) } : null;
}

/**
 * Settings in the order in which sshd reads them (the first one counts), includes put in their place. A Match block of an
 * included file ends with that file (sshd_config(5), Include).
 */
function readWritten(records: readonly ScriptRecord[]): SshServerFacts['written'] {
  const files = new Map(
    records
      .filter((r) => r.tag === 'file')
      .map((r) => [decodePath(r.fields[0]), decodeText(r.fields[1], 262_144)]),
  );
  const written: SshServerFacts['written'] = [];
  const read = (file: string, inMatchBefore: boolean, depth: number): void => {
    let inMatch = inMatchBefore;
    for (const line of (files.get(file) ?? '').split('\n')) {
      const setting = readLine(line);
      if (!setting || written.length >= 2_048) continue;
      written.push({ ...setting, file, inMatch: setting.keyword === 'match' ? true : inMatch });
      if (setting.keyword === 'match') inMatch = setting.value.toLowerCase() !== 'all';
      if (setting.keyword !== 'include' || depth >= 3) continue;
      const patterns = setting.value.replaceAll('"', ' ').split(/\s+/);
      const found = records
        .filter((r) => r.tag === 'include' && patterns.includes(decodeText(r.fields[0])))
        .map((r) => decodePath(r.fields[1]));
      for (const included of new Set(found)) read(included, inMatch, depth + 1);
    }
  };
  read('/etc/ssh/sshd_config', false, 0);
  return written;
}

/** `sshd -T`: one keyword per line, some repeated. */
function readEffective(text: string): Record<string, string[]> | null {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const setting = readLine(line);
    if (!setting || setting.keyword.length > 128) continue;
    const list = values.get(setting.keyword) ?? [];
    if (list.length < 64) list.push(setting.value);
    values.set(setting.keyword, list);
  }
  return values.has('port') ? Object.fromEntries(values) : null;
}

function isListening(context: CollectContext, ports: readonly string[]): boolean | null {
  if (context.seen.sockets?.state !== 'seen') return null;
  return context.seen.sockets.value.listening.some(
    (socket) =>
      socket.protocol === 'tcp' &&
      (socket.processName === 'sshd' || (socket.uid === 0 && ports.includes(String(socket.port)))),
  );
}

function parse(output: ScriptOutput, context: CollectContext): Collected<SshServerFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const find = (tag: string) => records.find((record) => record.tag === tag);
  const installed = find('installed');
  const told = readTold(find('effective')?.fields[0]);
  const effective = told.whole ? readEffective(decodeText(told.bytes, 131_072)) : null;
  const written = readWritten(records);
  const ports =
    effective?.port ?? written.filter((entry) => entry.keyword === 'port').map((entry) => entry.value);
  const listening = isListening(context, ports.length > 0 ? ports : ['22']);
  const gaps: Gap[] = [];
  if (installed && !effective) {
    const errors = decodeText(find('errors')?.fields[0], 300)
      .replace(/\p{Cc}+/gu, ' ')
      .trim();
    const reason =
      context.privilege === 'user'
        ? 'sshd tells its effective settings to root only'
        : `sshd -T: ${errors || whyNotTold(told, 'it')}`;
    gaps.push(gapOf('effective settings of the SSH server', reason, helpFor(context)));
  }
  for (const record of records.filter((entry) => entry.tag === 'closed')) {
    gaps.push(gapOf(decodePath(record.fields[0]), 'it cannot be read', helpFor(context)));
  }
  if (installed && listening === null)
    gaps.push(gapOf('whether the SSH server listens', 'sockets were not seen'));
  if (!finished) gaps.push(gapOf('settings of the SSH server', whyUnfinished(output)));
  const version = /OpenSSH_[\w.+-]{1,64}/.exec(
    `${decodeText(installed?.fields[1], 512)} ${decodeText(installed?.fields[2], 512)}`,
  )?.[0];
  return seen(
    {
      installed: installed !== undefined,
      listening: listening ?? false,
      effective,
      written,
      version: version ?? null,
    },
    gaps,
  );
}

/** The SSH server as it would behave: `sshd -T` as root, and its configuration as written, with Include and Match. */
export const sshServerCollector: Collector<'sshServer'> = {
  subject: 'sshServer',
  trip: 'aside',
  budgetMs: 5_000,
  maxBytes: 4 * 1024 * 1024,
  source: 'sshd -T; /etc/ssh/sshd_config',
  script: () => SCRIPT,
  parse,
};
