import { quote } from '#core/hosts/quote.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { OllamaFacts } from '#shared/domain/facts/software.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { baseName } from '../profile/command.ts';
import { addressFamilyOf } from '../script/addresses.ts';
import { decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { AS_UID, END, HTTP, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';

const DEFAULT_PORT = 11_434;
const MAX_TAGS = 1_048_576;

/** How curl(1) ends where nobody lets it through: not resolved, refused, too late, nothing or an error from the other side. */
const NOT_REACHED: ReadonlySet<string> = new Set(['5', '6', '7', '28', '35', '52', '56']);
/** The same where it is sure that no Ollama is there: refused, or something answers that is none. */
const NO_OLLAMA: ReadonlySet<string> = new Set(['0', '7', '22', '52', '56']);

/** What earlier round trips know of Ollama. */
interface Known {
  pid: number | null;
  uid: number | null;
  host: string | null;
  origins: string | null;
  hasUnit: boolean;
  address: string;
  port: number;
}

function knownFrom(context: CollectContext): Known {
  const { processes, units, sockets } = context.seen;
  const process =
    processes?.state === 'seen'
      ? processes.value.processes.find(
          (entry) => baseName(entry.argv[0] ?? '') === 'ollama' && entry.argv[1] === 'serve',
        )
      : undefined;
  const unit =
    units?.state === 'seen' ? units.value.units.find((entry) => entry.name === 'ollama.service') : undefined;
  const variable = (name: string): string | null => {
    const running = process?.environment?.find((entry) => entry.name === name)?.value;
    const written = new RegExp(`^\\s*Environment=.*?\\b${name}=([^\\s"']+)`, 'm').exec(unit?.text ?? '')?.[1];
    return running ?? written ?? null;
  };
  const host = variable('OLLAMA_HOST')?.replace(/^https?:\/\//, '') ?? null;
  const listening =
    sockets?.state === 'seen' ? sockets.value.listening.filter((entry) => entry.protocol === 'tcp') : [];
  const own = listening.find((entry) => process && entry.pids.includes(process.pid));
  const ordered = Number(/:(\d{1,5})\/?$/.exec(host ?? '')?.[1] ?? DEFAULT_PORT);
  const port = own?.port ?? (ordered <= 65_535 ? ordered : DEFAULT_PORT);
  const bound = listening.filter((entry) => entry.port === port).map((entry) => entry.address);
  const everywhere = bound.some((address) => ['0.0.0.0', '::', '*', '127.0.0.1'].includes(address));
  const only = everywhere ? undefined : bound.find((address) => addressFamilyOf(address) !== 0);
  return {
    pid: process?.pid ?? null,
    uid: process?.effectiveUid ?? own?.uid ?? null,
    host: host?.slice(0, 256) ?? null,
    origins: variable('OLLAMA_ORIGINS')?.slice(0, 256) ?? null,
    hasUnit: unit !== undefined,
    address: only === undefined ? '127.0.0.1' : only.includes(':') ? `[${only}]` : only,
    port,
  };
}

function script(context: CollectContext): string {
  const known = knownFrom(context);
  const url = quote(`http://${known.address}:${known.port}`);
  const address = url.ok ? url.text : "'http://127.0.0.1:11434'";
  const agents = context.profile.instances.flatMap((instance) =>
    instance.uid === null ? [] : [instance.uid],
  );
  const asAgent = agents.length > 0 ? `agent ${[...new Set(agents)].slice(0, 4).join(' ')}\n` : '';
  return `${PRELUDE}${AS_UID}${HTTP}
for place in /usr/local/bin/ollama /usr/bin/ollama /opt/ollama/bin/ollama /snap/bin/ollama; do [ ! -e "$place" ] || emit program "$place"; done
agent() {
  for uid in "$@"; do
    has curl || return
    if [ "$as_self" != "$uid" ] && { [ "$as_self" != 0 ] || ! has setpriv; }; then emit agent "$uid" may-not; continue; fi
    as_uid "$uid" timeout -s KILL "$((3 * \${patience:-1}))" curl -q -s -g --noproxy '*' --proto =http --max-redirs 0 --connect-timeout "$((1 * \${patience:-1}))" --max-time "$((2 * \${patience:-1}))" -o /dev/null -- ${address}/api/version </dev/null >/dev/null 2>&1
    emit agent "$uid" "$?"
  done
}
# Where nobody listens and no such program runs, nothing more could be learned: not the models, and not who may ask for them.
newline='
'; refused="\${newline}7"
if has curl; then
  answer=$({ limit 4 curl -q -s -f -g --noproxy '*' --proto =http --max-redirs 0 --connect-timeout "$((1 * \${patience:-1}))" --max-time "$((2 * \${patience:-1}))" -- ${address}/api/version </dev/null 2>/dev/null; printf '\\n%s' "$?"; } | head -c 4104)
  emit version "\${answer%"$newline"*}" "\${answer##*"$newline"}"
else answer=; emit version "$(http_body ${address}/api/version 4096)"; fi
if ${known.pid === null ? '[ "$answer" != "$refused" ]' : ':'}; then
http_body ${address}/api/tags ${MAX_TAGS + 1} | emit_content tags
${asAgent}fi
${END}`;
}

function readJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '');
  } catch {
    return null;
  }
}

function readModels(read: unknown): OllamaFacts['models'] | null {
  const models = (read as { models?: unknown } | null)?.models;
  if (!Array.isArray(models)) return null;
  return models.slice(0, 1_024).flatMap((entry: unknown) => {
    const { name, remote_host, size } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string') return [];
    return [
      {
        name: name.slice(0, 256),
        remoteHost: typeof remote_host === 'string' && remote_host !== '' ? remote_host.slice(0, 256) : null,
        sizeBytes: typeof size === 'number' && Number.isFinite(size) && size >= 0 ? size : null,
      },
    ];
  });
}

function parse(output: ScriptOutput, context: CollectContext): Collected<OllamaFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const known = knownFrom(context);
  const field = (tag: string) => records.find((record) => record.tag === tag)?.fields[0];
  const version = (readJson(field('version')) as { version?: unknown } | null)?.version;
  const tags = field('tags');
  const models = tags && tags.length <= MAX_TAGS ? readModels(readJson(tags)) : null;
  const answers = typeof version === 'string';
  const running = known.pid !== null || answers;
  const gaps: Gap[] = [];
  const asked = records.find((record) => record.tag === 'version')?.fields[1]?.toString('latin1');
  if (!running && asked !== undefined && !NO_OLLAMA.has(asked))
    gaps.push(gapOf('whether Ollama runs', 'the question to its address had no answer in time, or failed'));
  if (running && models === null) gaps.push(gapOf('models of Ollama', 'its API gave no list of models'));
  if (running && known.pid === null && context.seen.processes?.state !== 'seen') {
    gaps.push(gapOf('account of Ollama', 'processes were not seen', helpFor(context)));
  }
  const tries = records
    .filter((record) => record.tag === 'agent')
    .map((record) => decodeText(record.fields[1], 16));
  const reached = tries.filter((state) => state === '0').length > 0;
  const tried = tries.length > 0 && tries.every((state) => NOT_REACHED.has(state));
  if (running && !tried && !reached) {
    gaps.push(
      gapOf(
        'whether the agent reaches Ollama',
        'only the agent itself and root can try it',
        helpFor(context),
      ),
    );
  }
  if (!finished) gaps.push(gapOf('Ollama', whyUnfinished(output)));
  return seen(
    {
      installed: records.some((record) => record.tag === 'program') || known.hasUnit || running,
      version: answers ? version.slice(0, 256) : null,
      running,
      uid: known.uid,
      host: known.host,
      models: models ?? [],
      agentReaches: !running ? null : reached ? true : tried ? false : null,
      origins: known.origins,
    },
    gaps,
  );
}

/** The model server: version, models, whose it is, and whether the agent can give it orders. */
export const ollamaCollector: Collector<'ollama'> = {
  subject: 'ollama',
  trip: 2,
  budgetMs: 8_000,
  maxBytes: 2 * 1024 * 1024,
  source: 'curl http://127.0.0.1:11434/api/version /api/tags',
  script,
  parse,
};
