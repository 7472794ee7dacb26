import type { ContainerFacts } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { Collector } from '../collector.ts';
import { decodePath, decodeShort } from '../script/decode.ts';
import { readId } from '../script/ids.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';
import { readContainers } from './containers/parse.ts';

/**
 * An engine's socket may be one that systemd holds and that starts the engine when somebody connects: it is asked only
 * when the engine runs already. Podman needs no engine; its program is asked only where its storage is, for it would
 * make one otherwise.
 */
const SCRIPT = `${PRELUDE}
ask() { limit 3 curl -q -sS --max-time "$((3 * \${patience:-1}))" --noproxy '*' --max-filesize 4194304 --unix-socket "$1" "http://engine/v1.24$2" 2>/dev/null; }
running=$(grep -hsxE 'dockerd|podman' /proc/[0-9]*/comm)
[ "$?" -lt 124 ] || running="$running unsure"
for socket in /run/docker.sock /run/user/*/docker.sock /run/podman/podman.sock /run/user/*/podman/podman.sock; do
  [ -S "$socket" ] || continue
  engine=docker; case $socket in *podman.sock) engine=podman ;; esac
  about=$(stat -c '%a %u %g %G' -- "$socket" 2>/dev/null)
  state=closed
  case $running in *dockerd*) [ "$engine" = docker ] && state=open ;; esac
  case $running in *podman*) [ "$engine" = podman ] && state=open ;; esac
  if [ "$state" = closed ]; then case $running in *unsure) state=unsure ;; *) state=asleep ;; esac
  elif [ ! -w "$socket" ]; then state=refused
  elif ! has curl; then state=no-curl; fi
  emit engine "$engine" "$socket" "$about" "$state"
  [ "$state" = open ] || continue
  list=$(ask "$socket" /containers/json | head -c 4194304)
  printf '%s' "$list" | emit_content list "$socket"
  printf '%s' "$list" | grep -oE '"Id":"[0-9a-f]{64}"' | cut -d'"' -f4 | head -n 128 | while read -r id; do
    ask "$socket" "/containers/$id/json" | head -c 262144 | emit_content inspect "$socket"
  done
done
if has podman && [ -e /var/lib/containers/storage/overlay-containers/containers.json ] && [ "$node_uid" = 0 ]; then
  emit podman-program
  ids=$( { limit 3 podman ps -q --no-trunc 2>/dev/null && echo all; } | grep -xE '[0-9a-f]{64}|all' | head -n 129)
  case $ids in *all) ids=\${ids%all} ;; *) emit podman-cut ;; esac
  [ -n "$ids" ] && limit 4 podman inspect --type container $ids 2>/dev/null | head -c 8388608 | emit_content podman-inspect
fi
has docker && emit installed docker
has podman && emit installed podman
${END}`;

type Engine = ContainerFacts['engines'][number];

const WHY_CLOSED: Readonly<Record<string, string>> = {
  refused: 'its socket is closed to the account that looked',
  unsure: 'whether it runs was not seen',
  'no-curl': 'the program curl is not installed, which is needed to ask it',
};

/** Container engines and what runs in them. Nothing is started for it. */
export const containersCollector: Collector<'containers'> = {
  subject: 'containers',
  trip: 1,
  budgetMs: 10_000,
  maxBytes: 16 * 1_048_576,
  source: 'curl --unix-socket /run/docker.sock http://engine/containers/json; podman inspect',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    if (records.length === 0 && !finished) return unseen(whyUnfinished(output));
    const gaps: Gap[] = [];
    const engines: Engine[] = [];
    for (const { tag, fields } of records) {
      if (tag !== 'engine' || engines.length === 4) continue;
      const name = decodeShort(fields[0]) === 'podman' ? 'podman' : 'docker';
      const path = decodePath(fields[1]);
      const about = /^([0-7]{1,4}) ([0-9]{1,10}) ([0-9]{1,10}) (.{0,256})$/.exec(decodeShort(fields[2]));
      const [uid, gid] = [readId(about?.[2]), readId(about?.[3])];
      const state = decodeShort(fields[3]);
      const of = (wanted: string): Buffer[] =>
        records
          .filter((record) => record.tag === wanted && decodePath(record.fields[0]) === path)
          .flatMap((record) => record.fields[1] ?? []);
      const read = state === 'open' ? readContainers(of('list')[0], of('inspect')) : null;
      if (read && !read.complete)
        gaps.push(gapOf(`some containers of ${name}`, 'they did not answer as expected'));
      if (state === 'open' && !read)
        gaps.push(gapOf(`containers of ${name}`, 'the engine did not answer', null));
      const why = WHY_CLOSED[state];
      if (why)
        gaps.push(
          gapOf(`containers of ${name}`, why, state === 'no-curl' ? 'install curl' : helpFor(context)),
        );
      engines.push({
        name,
        socket:
          about && uid !== null && gid !== null
            ? {
                path,
                mode: Number.parseInt(about[1] ?? '0', 8),
                uid,
                gid,
                group: about[4] === 'UNKNOWN' ? null : (about[4] ?? null),
              }
            : null,
        reachable: read !== null,
        rootless: path.startsWith('/run/user/'),
        containers: read?.containers ?? [],
      });
    }
    const inspected = records.find((record) => record.tag === 'podman-inspect')?.fields[0];
    if (records.some((record) => record.tag === 'podman-program') && engines.length < 4) {
      const read = inspected ? readContainers(undefined, [inspected]) : { containers: [], complete: true };
      const isWhole = read?.complete === true && !records.some((record) => record.tag === 'podman-cut');
      if (!isWhole) gaps.push(gapOf('some containers of podman', 'podman did not tell all of them'));
      engines.push({
        name: 'podman',
        socket: null,
        reachable: true,
        rootless: false,
        containers: read?.containers ?? [],
      });
    }
    if (
      context.privilege === 'user' &&
      records.some((record) => decodeShort(record.fields[0]) === 'podman' && record.tag === 'installed')
    ) {
      gaps.push(gapOf('containers of podman', 'only their owner and root can see them', helpFor(context)));
    }
    if (!finished) gaps.push(gapOf('some containers', whyUnfinished(output)));
    return seen({ engines }, gaps);
  },
};
