import { quote } from '#core/hosts/quote.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { AuditFacts } from '#shared/domain/facts/software.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodeInstant, decodeNumber, decodePath, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { AS_UID, END, PRELUDE } from '../script/prelude.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { readTold } from '../script/told.ts';
import { onLiveMounts } from './live-mounts.ts';

/**
 * The probe runs /bin/true with a word of its own as the agent, and then looks for that word in the record. Only root can
 * do it, and only where auditing is on; the login uid is unset first, as it is for a service, since rules often ask for it.
 */
const FUNCTIONS = `
status_of() { [ -e "$1" ] || [ -L "$1" ] || { if known_missing "$1"; then emit source "$1" no '' '' '' ''; else emit closed "$1"; fi; return 0; }; status_path=$1; set -- $(stat -c '%u %a %s %Y' -- "$1"); emit source "$status_path" yes "$1" "$2" "$3" "$4"; }
log_folder() { # FOLDER
  if [ -d "$1" ] && { [ ! -r "$1" ] || [ ! -x "$1" ]; }; then emit closed "$1"; return 0; fi
  find "$1" -xdev -maxdepth 1 -type f -name '*.log' -print0 2>/dev/null </dev/null | head -z -n 64 | xargs -0 -r stat --printf='@source:6\\0%n\\0yes\\0%u\\0%a\\0%s\\0%Y\\0' -- 2>/dev/null
}
probe() { # UID
  [ "$node_uid" = 0 ] || { emit probe untried 'only root can run a program as the agent and read the record'; return 0; }
  has setpriv || { emit probe untried 'setpriv is not installed'; return 0; }
  case $audit_enabled in 1 | 2) ;; *) emit probe untried 'auditing is not switched on'; return 0 ;; esac
  [ -f "$audit_log" ] && [ -r "$audit_log" ] || { emit probe untried 'the log of auditd was not found'; return 0; }
  nonce=swarmkeep-probe-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \\n')
  ( echo 4294967295 >/proc/self/loginuid; as_uid "$1" /bin/true "$nonce" ) >/dev/null 2>&1 </dev/null
  for wait in 1 2 3 4 5 6 7 8; do
    found=$(tail -c 2097152 -- "$audit_log" 2>/dev/null | grep -F -- "$nonce" | tail -n 4 | head -c 4096)
    [ -z "$found" ] || break
    sleep 0.25
  done
  emit probe tried "$1" "\${found:+yes}" "$found"
}
audit_enabled=; audit_log=/var/log/audit/audit.log
if [ -r /etc/audit/auditd.conf ]; then
  configured=$(sed -n 's/^[[:space:]]*log_file[[:space:]]*=[[:space:]]*//p' /etc/audit/auditd.conf | tail -n 1)
  case $configured in /*) audit_log=$configured ;; esac
elif [ -e /etc/audit/auditd.conf ]; then emit closed /etc/audit/auditd.conf; fi
emit auditd "$(command -v auditd)" "$audit_log"
if has auditctl || has auditd || [ -d /etc/audit ]; then
  if [ "$node_uid" = 0 ] && has auditctl; then
    state=$(limited 2 auditctl -s 2>/dev/null </dev/null)
    audit_enabled=$(printf '%s\\n' "$state" | sed -n 's/^enabled //p')
    emit state "$state"
    emit rules "$(told limit 2 auditctl -l 2>/dev/null </dev/null | head -c 1048576)"
  fi
  if [ -r /etc/audit/audit.rules ] || { [ -d /etc/audit/rules.d ] && [ -r /etc/audit/rules.d ] && [ -x /etc/audit/rules.d ]; }; then
    cat /etc/audit/rules.d/*.rules /etc/audit/audit.rules 2>/dev/null </dev/null | head -c 1048576 | emit_content boot
  fi
  [ ! -f "$audit_log" ] || status_of "$audit_log"
fi
if [ -r /proc/sys/kernel/io_uring_disabled ]; then emit uring "$(head -c 8 /proc/sys/kernel/io_uring_disabled)"; fi
if has journalctl; then
  emit journald "$(cat /usr/lib/systemd/journald.conf /usr/lib/systemd/journald.conf.d/*.conf /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf /run/systemd/journald.conf.d/*.conf 2>/dev/null </dev/null | head -c 65536)"
  persistent=no; [ ! -d /var/log/journal ] || persistent=yes
  readable=no; for file in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ ! -r "$file" ] || readable=yes; done
  running=no; [ ! -d /run/systemd/journal ] || running=yes
  emit journal "$persistent" "$readable" "$running"
fi
`;

function script(context: CollectContext): string {
  const lines: string[] = [];
  const call = (name: string, path: string | null) => {
    const word = path?.startsWith('/') ? quote(path) : null;
    if (word?.ok) lines.push(`${name} ${word.text}\n`);
  };
  for (const { logFolder, configurationFolder } of context.profile.instances) {
    for (const name of ['shell.log', 'network.log', 'tool.log'])
      call('status_of', `${logFolder ?? '/var/log/mycoswarm'}/${name}`);
    call('log_folder', logFolder);
    call('status_of', configurationFolder && `${configurationFolder}/access.log`);
  }
  const uid = context.profile.instances.find((instance) => instance.uid !== null)?.uid;
  const probe =
    uid === undefined || uid === null
      ? "emit probe untried 'no agent was found on this node'\n"
      : `probe ${uid}\n`;
  return `${PRELUDE}${AS_UID}${FUNCTIONS}${[...new Set(lines)].join('')}${probe}${END}`;
}

function linesOf(text: string, limit: number): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().slice(0, 4_096))
    .filter((line) => line !== '' && !line.startsWith('#') && line !== 'No rules')
    .slice(0, limit);
}

function readSource({ fields }: ScriptRecord): AuditFacts['logSources'][number] {
  const uid = decodeNumber(fields[2]);
  const mode = decodeNumber(fields[3], 8);
  return {
    path: decodePath(fields[0]),
    exists: fields[1]?.toString('latin1') === 'yes',
    uid: uid !== null && uid <= 4_294_967_295 ? uid : null,
    mode: mode === null ? null : mode & 0o7777,
    sizeBytes: decodeNumber(fields[4]),
    modifiedAt: decodeInstant(fields[5]),
  };
}

function readAuditd(
  records: readonly ScriptRecord[],
  sources: AuditFacts['logSources'],
  context: CollectContext,
): AuditFacts['auditd'] {
  const find = (tag: string) => records.find((record) => record.tag === tag)?.fields;
  const head = find('auditd');
  if (!head) return null;
  const state = decodeText(find('state')?.[0], 4_096);
  const value = (name: string) => {
    const text = new RegExp(`^${name} (\\d{1,15})$`, 'm').exec(state)?.[1];
    return text === undefined ? null : Number(text);
  };
  const processes = context.seen.processes;
  const byProcess =
    processes?.state === 'seen' && processes.value.processes.some((entry) => entry.name === 'auditd');
  const enabled = value('enabled');
  const log = sources.find((source) => source.path === decodePath(head[1]));
  const rules = readTold(find('rules')?.[0]);
  const boot = find('boot');
  const running = (value('pid') ?? 0) > 0 || byProcess;
  return {
    installed: decodeText(head[0]) !== '' || running,
    running,
    enabled: enabled !== null && enabled <= 2 ? enabled : null,
    lost: value('lost'),
    backlogLimit: value('backlog_limit'),
    rules: rules.whole && state !== '' ? linesOf(decodeText(rules.bytes, 1_048_576), 4_096) : null,
    rulesAtBoot: boot ? [...new Set(linesOf(decodeText(boot[0], 1_048_576), 8_192))].slice(0, 4_096) : null,
    logFile:
      log && log.uid !== null && log.mode !== null ? { path: log.path, uid: log.uid, mode: log.mode } : null,
  };
}

/** journald.conf(5): the last assignment wins; `auto` keeps the journal where /var/log/journal exists. */
function readJournal(records: readonly ScriptRecord[]): AuditFacts['journal'] {
  const fields = records.find((record) => record.tag === 'journal')?.fields;
  if (fields?.[2]?.toString('latin1') !== 'yes') return null;
  const text = decodeText(records.find((record) => record.tag === 'journald')?.fields[0], 65_536);
  const setting = (name: string) =>
    [...text.matchAll(new RegExp(`^\\s*${name}\\s*=\\s*(\\S*)`, 'gm'))].at(-1)?.[1] ?? null;
  const storage = setting('Storage')?.toLowerCase() ?? 'auto';
  const folder = fields[0]?.toString('latin1') === 'yes';
  const off = (value: string | null) => value !== null && /^0(?:s|ms|min)?$/.test(value);
  return {
    persistent: storage === 'persistent' ? true : storage === 'auto' ? folder : false,
    readable: fields[1]?.toString('latin1') === 'yes',
    maxUse: setting('SystemMaxUse')?.slice(0, 256) || null,
    rateLimited: !off(setting('RateLimitIntervalSec')) && !off(setting('RateLimitBurst')),
  };
}

function readProbe(record: ScriptRecord | undefined): AuditFacts['probe'] {
  const fields = record?.fields;
  if (fields?.[0]?.toString('latin1') !== 'tried') {
    return {
      tried: false,
      recorded: null,
      detail: decodeText(fields?.[1]) || 'the node gave no answer',
      raw: null,
    };
  }
  const recorded = fields[2]?.toString('latin1') === 'yes';
  const how = `/bin/true was run as uid ${decodeText(fields[1], 16)} with a word of its own, 64-bit, no login`;
  return {
    tried: true,
    recorded,
    detail: recorded ? `${how}; the record has it` : `${how}; the record did not have it after two seconds`,
    raw: decodeText(fields[3], 8_192) || null,
  };
}

function parse(output: ScriptOutput, context: CollectContext): Collected<AuditFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const sources = records.filter((record) => record.tag === 'source').map(readSource);
  const logSources = [...new Map(sources.map((source) => [source.path, source])).values()].slice(0, 256);
  const auditd = readAuditd(records, logSources, context);
  const uring = decodeNumber(
    Buffer.from(decodeText(records.find((record) => record.tag === 'uring')?.fields[0], 8).trim()),
  );
  const probe = readProbe(records.find((record) => record.tag === 'probe'));
  const gaps: Gap[] = [];
  if (auditd?.installed && auditd.rules === null) {
    gaps.push(
      gapOf(
        'audit rules in the kernel',
        context.privilege === 'user' ? 'only root can ask for them' : 'auditctl gave no whole answer',
        helpFor(context),
      ),
    );
  }
  if (!probe.tried)
    gaps.push(gapOf('whether a program of the agent arrives in the record', probe.detail, helpFor(context)));
  for (const record of records.filter((entry) => entry.tag === 'closed')) {
    gaps.push(gapOf(decodePath(record.fields[0]), 'it cannot be read', helpFor(context)));
  }
  if (!finished) gaps.push(gapOf('audit', whyUnfinished(output), helpFor(context)));
  return seen(
    {
      auditd,
      ioUringDisabled: uring !== null && uring <= 2 ? uring : null,
      journal: readJournal(records),
      logSources,
      probe,
    },
    gaps,
  );
}

/** What records the doings of the agent, and whether a program it starts really arrives there. */
export const auditCollector: Collector<'audit'> = onLiveMounts({
  subject: 'audit',
  trip: 2,
  budgetMs: 8_000,
  maxBytes: 4 * 1024 * 1024,
  source: 'auditctl -s; auditctl -l; /etc/audit; journald.conf; setpriv --reuid AGENT /bin/true WORD',
  script,
  parse,
});
