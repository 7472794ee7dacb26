import type { Gap } from '#shared/domain/facts/observation.ts';
import type { Collector } from '../collector.ts';
import { KEPT_VARIABLES } from '../environment-names.ts';
import { CONSOLE_SESSIONS, consoleSessions, readSessions } from '../script/console-sessions.ts';
import { decodeNumber } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';
import { buildProcesses } from './processes/build.ts';
import { readTables } from './processes/tables.ts';

/** `grep -azH` prints `PID/file:` before each text that ends with NUL, so nothing in it can pose as another process. */
const SCRIPT = `${PRELUDE}
emit self "$$" "$(getconf CLK_TCK 2>/dev/null)"
boot=; while read -r key number; do [ "$key" = btime ] && boot=$number && break; done < /proc/stat
[ -r /proc/1/status ] && others=seen || others=hidden
emit kernel "$boot" "$others"
${CONSOLE_SESSIONS}
cd /proc || exit 1
alive() { [ "$?" -lt 124 ] || { printf '\\0'; emit died "$1"; }; } # half of what a program printed must not take the next record along
if printf 'a\\000' | grep -azq a 2>/dev/null; then
  emit begin files
  grep -azsH '' [0-9]*/status [0-9]*/stat [0-9]*/cgroup [0-9]*/attr/current [0-9]*/cmdline 2>/dev/null
  alive files
  emit begin names
  grep -azsoHE '^[^=]{1,256}=' [0-9]*/environ 2>/dev/null
  alive environment
  emit begin empty
  grep -azsHE '^[^=]{1,256}=$' [0-9]*/environ 2>/dev/null
  alive environment
  emit begin values
  grep -azsiHE '^(${KEPT_VARIABLES.join('|')})=' [0-9]*/environ 2>/dev/null
  alive environment
  emit begin readable
  grep -azsc '' [0-9]*/environ 2>/dev/null | tr '\\n' '\\000'
  emit begin links
  find [0-9]*/exe [0-9]*/cwd [0-9]*/ns -maxdepth 1 -type l -printf '%p:%l\\0' 2>/dev/null
  alive links
  emit begin nothing
else
  emit lacking
fi
${END}`;

/** Processes of the node with what restricts them. */
export const processesCollector: Collector<'processes'> = {
  subject: 'processes',
  trip: 1,
  budgetMs: 10_000,
  maxBytes: 32 * 1_048_576,
  source:
    'cat /proc/PID/{status,stat,cgroup,cmdline,attr/current}; names in /proc/PID/environ; ls -l /proc/PID/{exe,cwd,ns}',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    const record = (tag: string): Buffer[] | undefined => records.find((entry) => entry.tag === tag)?.fields;
    if (record('lacking'))
      return unseen('the program grep of this node cannot read lists that end with NUL', 'install GNU grep');
    const kernel = record('kernel');
    const tables = readTables(output.stdout);
    const died = new Set(
      records.flatMap(({ tag, fields }) => (tag === 'died' ? [fields[0]?.toString('latin1')] : [])),
    );
    // Half of the variables would pass for all of them.
    if (died.has('environment')) for (const table of tables.values()) table.environmentReadable = false;
    const self = record('self');
    const processes = buildProcesses(tables, {
      self: decodeNumber(self?.[0]) ?? 0,
      ticksPerSecond: decodeNumber(self?.[1]) || 100,
      bootedAtSeconds: decodeNumber(kernel?.[0]),
      sessions: consoleSessions(
        readSessions(record('sessions')?.[0]?.toString('utf8') ?? ''),
        record('own-session')?.[0]?.toString('latin1').trim() ?? '',
      ),
    });
    if (tables.size === 0) return unseen(whyUnfinished(output));
    const gaps: Gap[] = [];
    const help = helpFor(context);
    if (kernel?.[1]?.toString('latin1') !== 'seen') {
      gaps.push(
        gapOf('processes of other accounts', 'the node hides them (/proc is mounted with hidepid)', help),
      );
    }
    const closed = processes.filter((entry) => entry.environment === null || entry.namespaces === null);
    if (closed.length > 0) {
      const what = `environment, program and namespaces of ${closed.length} processes`;
      const why = help === null ? 'the kernel does not let them be read' : 'they belong to other accounts';
      gaps.push(gapOf(what, why, help));
    }
    if (!finished) gaps.push(gapOf('some processes', whyUnfinished(output)));
    else if (died.has('files'))
      gaps.push(gapOf('some processes', 'the look at them was ended before it was done'));
    const init = tables.get(1)?.namespaces;
    const initNamespaces = init && Object.keys(init).length > 0 ? init : null;
    return seen({ processes: processes.slice(0, 65_536), initNamespaces }, gaps);
  },
};
