import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { SandboxFacts } from '#shared/domain/facts/software.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodeNumber, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { AS_UID, END, PRELUDE } from '../script/prelude.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import { MOST_OF_A_VIEW, pidsToView, viewsIn } from './sandbox/views.ts';

/**
 * `unshare -rn true` with the rights of the agent, or as root under a number that nobody has: what the kernel allows to one account
 * without rights it allows to all, and a process of the agent's own outside its unit would be a way out for it. The namespaces of the running service are not entered: its mount
 * namespace may be one that the agent made, and root must not run a program found there. A seccomp filter cannot be joined
 * at all; what the unit and the process say of theirs is weighed in `parse`.
 */
const FUNCTIONS = `
try() { # NUMBER UID
  if ! has unshare; then emit tried "$1" absent ''; return; fi
  if [ "$as_self" != "$2" ] && { [ "$as_self" != 0 ] || ! has setpriv; }; then emit tried "$1" may-not ''; return; fi
  as_agent=as_stranger; [ "$as_self" != "$2" ] || as_agent=
  answer=$($as_agent timeout -s KILL "$((3 * \${patience:-1}))" unshare -rn true </dev/null 2>&1)
  emit tried "$1" "$?" "$(printf '%.300s' "$answer")" "$as_agent"
}
view() { # NUMBER PID
  if [ -r "/proc/$2/mountinfo" ]; then emit view "$1" "$2" "$(head -c ${MOST_OF_A_VIEW} "/proc/$2/mountinfo" 2>/dev/null </dev/null)"; fi
}
switch() { if [ -r "$1" ]; then emit switch "$2" "$(head -c 32 "$1")"; fi; }
switch /proc/sys/user/max_user_namespaces max
switch /proc/sys/kernel/unprivileged_userns_clone unprivileged
switch /proc/sys/kernel/apparmor_restrict_unprivileged_userns apparmor
if has unshare; then emit switch unshare 1; else emit switch unshare 0; fi
`;

function script(context: CollectContext): string {
  const tries = context.profile.instances
    .map((instance, at) => (instance.uid === null ? '' : `try ${at} ${instance.uid}\n`))
    .join('');
  const views = context.profile.instances
    .flatMap((instance, at) => pidsToView(instance, context).map((pid) => `view ${at} ${pid}\n`))
    .join('');
  return `${PRELUDE}${AS_UID}${FUNCTIONS}${tries}${views}${END}`;
}

function daemonOf(instance: InstanceProfile, context: CollectContext): ProcessFact | null {
  if (context.seen.processes?.state !== 'seen') return null;
  const own = context.seen.processes.value.processes.filter((process) => instance.pids.includes(process.pid));
  return own.find((process) => process.argv.includes('daemon')) ?? own[0] ?? null;
}

function unitOf(instance: InstanceProfile, context: CollectContext): UnitFact | null {
  if (!instance.unit || context.seen.units?.state !== 'seen') return null;
  return context.seen.units.value.units.find((unit) => unit.name === instance.unit) ?? null;
}

/** Why the unit's own filter refuses what was tried outside it; null when it does not (systemd.exec(5)). */
function refusedByUnit(unit: UnitFact | null, process: ProcessFact | null): string | null {
  if (!unit || !process || process.seccomp !== 2) return null;
  const namespaces = unit.properties.RestrictNamespaces ?? 'no';
  const allowed = namespaces.split(' ');
  if (
    namespaces === 'yes' ||
    (namespaces !== 'no' && !(allowed.includes('user') && allowed.includes('net')))
  ) {
    return `RestrictNamespaces=${namespaces}`;
  }
  const filter = unit.properties.SystemCallFilter ?? '';
  const listed = filter.replace(/^~/, '').split(' ').includes('unshare');
  if (filter !== '' && listed === filter.startsWith('~')) return 'SystemCallFilter= without unshare';
  return null;
}

function judge(
  instance: InstanceProfile,
  record: ScriptRecord | undefined,
  context: CollectContext,
  gaps: Gap[],
  views: SandboxFacts['instances'][number]['views'],
): SandboxFacts['instances'][number] {
  const { id, uid } = instance;
  const notTried = (why: string, help: string | null = null) => {
    gaps.push(gapOf(`isolation of code of ${id}`, why, help));
    return { instance: id, uid, unshare: 'not-tried' as const, detail: why, views };
  };
  if (uid === null) return notTried('the account of the agent is not known');
  const state = record?.fields[1]?.toString('latin1') ?? '';
  if (state === 'absent')
    return notTried('unshare is not installed, so mycoSwarm cannot isolate code with it');
  if (state === 'may-not') return notTried('only the agent itself and root can try it', helpFor(context));
  const exit = /^\d{1,3}$/.test(state) ? Number(state) : null;
  if (exit === null || exit >= 124) return notTried('the node gave no answer in time');
  const process = daemonOf(instance, context);
  const unit = unitOf(instance, context);
  const said = decodeText(record?.fields[2], 300)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  const whom = record?.fields[3]?.length ? `an unused number in place of uid ${uid}` : `uid ${uid}`;
  const how = `unshare -rn true as ${whom}, new privileges forbidden, outside the service's own seccomp filter`;
  const byUnit = refusedByUnit(unit, process);
  if (exit === 0 && byUnit)
    return {
      instance: id,
      uid,
      unshare: 'refused',
      detail: `${byUnit} forbids it to the running service (${how}: works)`,
      views,
    };
  if (exit === 0 && process?.seccomp === 2 && !unit) {
    return notTried(
      'it works outside, but the running process has a seccomp filter whose rules cannot be read',
    );
  }
  if (exit !== 0 && !said.startsWith('unshare:'))
    return notTried(`it could not be tried: ${said || `status ${exit}`}`);
  const outcome = exit === 0 ? ('works' as const) : ('refused' as const);
  return { instance: id, uid, unshare: outcome, detail: said ? `${how}: ${said}` : how, views };
}

function parse(output: ScriptOutput, context: CollectContext): Collected<SandboxFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const value = (name: string) =>
    decodeNumber(
      Buffer.from(
        decodeText(
          records.find((r) => r.tag === 'switch' && r.fields[0]?.toString('latin1') === name)?.fields[1],
          32,
        ).trim(),
      ),
    );
  const gaps: Gap[] = [];
  const tried = records.filter((record) => record.tag === 'tried');
  const instances = context.profile.instances.map((instance, at) =>
    judge(
      instance,
      tried.find((record) => record.fields[0]?.toString('latin1') === String(at)),
      context,
      gaps,
      viewsIn(records, at, pidsToView(instance, context)),
    ),
  );
  const flag = (number: number | null) => (number === null ? null : number !== 0);
  if (!finished) gaps.push(gapOf('isolation of code', whyUnfinished(output)));
  return seen(
    {
      instances,
      maxUserNamespaces: value('max'),
      unprivilegedUserNamespaces: flag(value('unprivileged')),
      apparmorRestrictsUserNamespaces: flag(value('apparmor')),
      unshareInstalled: flag(value('unshare')),
    },
    gaps,
  );
}

/** Whether code of the agent can still be isolated: tried as the agent, weighed with the unit's restrictions. */
export const sandboxCollector: Collector<'sandbox'> = {
  subject: 'sandbox',
  trip: 2,
  budgetMs: 6_000,
  maxBytes: 8 * 1024 * 1024,
  source: 'setpriv --reuid UNUSED unshare -rn true; sysctl user.max_user_namespaces; cat /proc/PID/mountinfo',
  script,
  parse,
};
