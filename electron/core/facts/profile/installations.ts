import type { Gap } from '#shared/domain/facts/observation.ts';
import { decodeInstant, decodeNumber, decodePath, decodeShort, decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords, type ScriptRecord } from '../script/records.ts';
import type { HintCollector, InstallationHints } from './hints.ts';

/** More of one kind than this are a node that lies. */
const MAX_ENTRIES = 256;

/**
 * One find(1) per root: no links followed, no other file system entered, folders that are large and can hold no
 * installation left out, packages other than mycoswarm not descended into. Files come first, with one pattern for nearly all of
 * them, and are then done with: a home with a hundred thousand notes costs hardly more than reading its folders. `-execdir` holds the folder while
 * direct_url.json is read, so that a renamed parent leads nowhere. The last that it looks at is /dev/null: having told that, it
 * came to its end.
 */
const SCRIPT = `${PRELUDE}
looked=0
look() {
  looked=$((looked + 1))
  limit 3 find "$1" /dev/null -xdev -maxdepth 8 ! -type d \\( -type c -path /dev/null -printf '@walked:0\\0' -o -name '[mp]y*' \\( ! -path '*-packages/*' ! -path '*/lib/python[0-9]*/*' \\( \\
        -name pyvenv.cfg -printf '@venv:1\\0%h\\0' -o \\
        -name mycoswarm -path '*/bin/mycoswarm' -printf '@program:3\\0%p\\0%U\\0%T@\\0' -o \\
        -name pyproject.toml -path '*/[mM]yco[sS]warm*/pyproject.toml' -printf '@source:2\\0%h\\0%U\\0' \\) -o -true \\) -o -true \\) -o \\
      \\( -name node_modules -o -name .git -o -name .cache -o -name .npm -o -name __pycache__ -o -name snap -o -name .cargo -o -name .rustup -o -name .mozilla -o -name .gradle -o -name '.vscode*' \\
        -o -path '*/.local/share' -o -path '*/lib/python[0-9]*/*' ! -name '*-packages' ! -path '*-packages/*' \\) -prune -o \\
      -path '*-packages/*' \\( \\( \\( -name 'mycoswarm-*.dist-info' -o -name 'mycoswarm*.egg-info' \\) \\
        -printf '@distribution:3\\0%p\\0%h\\0%U\\0' \\
        -execdir sh -c 'cd -P -- "$1" || exit; [ -f ./direct_url.json ] && [ ! -L ./direct_url.json ] || exit; printf "@direct:1\\0"; dd if=./direct_url.json bs=4096 count=1 iflag=nofollow,nonblock,noctty 2>/dev/null | tr -d "\\000"; printf "\\0"' _ '{}' ';' \\) \\
        -o -true \\) -prune 2>/dev/null
  [ $? -lt 124 ] || { printf '\\0\\0\\0\\0'; emit late "$1"; }
}
state_of() {
  ( enter "$1" .config/mycoswarm || exit $?
    names=
    for name in swarm-token node_id access.log plugins config.json; do
      if [ -e "./$name" ] || [ -L "./$name" ]; then names="$names $name"; fi
    done
    about=$(stat -c '%u %Y' .)
    emit configuration "$1/.config/mycoswarm" "\${about% *}" "\${about#* }" "$names" )
  [ $? -ne 4 ] || emit linked "$1/.config/mycoswarm"
}
read -r started rest < /proc/uptime
IFS='
'; set -f
set -- $({ limit 2 getent passwd || { echo; cat /etc/passwd; }; } 2>/dev/null </dev/null | awk -F: '
  $6 ~ /^\\/./ && $6 !~ /^\\/(proc|sys|dev|run|bin|sbin|usr|nonexistent)(\\/|$)/ && $6 !~ /^\\/var\\/(run|lib|cache|spool|mail|www|backups|list)(\\/|$)/ && !known[$6]++ && ++count <= 64 { print $6 }
  $6 ~ /^\\/var\\/lib\\// && $1 ~ /mycoswarm/ && !known[$6]++ { print $6 }
  END { print "all" }')
set +f; unset IFS
# Homes are a list to its end, or not known. The word for that end is the last.
whole=; count=$#; for home do shift; if [ "$count" -eq 1 ] && [ "$home" = all ]; then whole=yes; else set -- "$@" "$home"; fi; count=$((count - 1)); done
[ -n "$whole" ] || emit late 'homes of accounts'
if [ "$#" -eq 0 ] || answer "$@"; then every=yes; else every=; fi
for home do
  read -r now rest < /proc/uptime
  if [ $((\${now%.*} - \${started%.*})) -ge 5 ]; then emit late "$home"; continue; fi
  [ -n "$every" ] || answer "$home" || { emit late "$home"; continue; }
  [ -d "$home" ] || continue
  if [ ! -r "$home" ] || [ ! -x "$home" ]; then emit closed "$home"; fi
  [ -x "$home" ] || continue
  state_of "$home"
  if [ -d "$home/workspace" ] && [ ! -L "$home/workspace" ]; then
    emit folder workspace "$home/workspace" "$(stat -c %u "$home/workspace")"
  fi
  [ ! -r "$home" ] || look "$home"
done
for root in /opt /srv /usr/local; do [ ! -d "$root" ] || look "$root"; done
if [ -e /usr/bin/mycoswarm ]; then emit program /usr/bin/mycoswarm "$(stat -c %u /usr/bin/mycoswarm)" "$(stat -c %Y /usr/bin/mycoswarm)"; fi
for found in /usr/lib/python3*/dist-packages/mycoswarm-*-info /usr/lib/python3*/site-packages/mycoswarm-*-info; do
  [ ! -d "$found" ] || emit distribution "$found" "$(dirname "$found")" "$(stat -c %u "$found")"
done
emit looks "$looked"
[ ! -d /var/log/mycoswarm ] || emit folder log /var/log/mycoswarm "$(stat -c %u /var/log/mycoswarm)"
${END}`;

/** Version in a folder name `mycoswarm-0.2.16.dist-info`. */
function versionOf(path: string): string | null {
  return /\/mycoswarm-([0-9A-Za-z.!+_-]{1,64}?)(?:-py[0-9.]+)?\.(?:dist|egg)-info$/.exec(path)?.[1] ?? null;
}

/** The folder of an editable installation (PEP 610: `dir_info.editable` with a file: address), or null. */
function editableFolder(text: string): string | null {
  try {
    const read = JSON.parse(text) as { url?: unknown; dir_info?: { editable?: unknown } } | null;
    if (typeof read?.url !== 'string' || read.dir_info?.editable !== true) return null;
    const url = new URL(read.url);
    return url.protocol === 'file:' ? decodeURIComponent(url.pathname).replace(/(?<=.)\/$/, '') : null;
  } catch {
    return null;
  }
}

function addRecord(hints: InstallationHints, gaps: Gap[], record: ScriptRecord, help: string | null): void {
  const [first, second, third, fourth] = record.fields;
  const path = decodePath(first);
  const room = (list: readonly unknown[]) => list.length < MAX_ENTRIES;
  if (record.tag === 'program' && room(hints.consoleScripts)) {
    hints.consoleScripts.push({ path, uid: decodeNumber(second) ?? 0, modifiedAt: decodeInstant(third) });
  } else if (record.tag === 'distribution' && room(hints.distributions)) {
    hints.distributions.push({
      metadataPath: path,
      sitePackages: decodePath(second),
      version: versionOf(path),
      uid: decodeNumber(third) ?? 0,
      editableSource: null,
    });
  } else if (record.tag === 'direct') {
    const last = hints.distributions.at(-1);
    if (last) last.editableSource = editableFolder(decodeText(first));
  } else if (record.tag === 'venv' && room(hints.virtualEnvironments)) {
    hints.virtualEnvironments.push(path);
  } else if (record.tag === 'configuration' && room(hints.configurationFolders)) {
    const names = decodeText(fourth).split(' ').filter(Boolean);
    hints.configurationFolders.push({
      path,
      uid: decodeNumber(second) ?? 0,
      modifiedAt: decodeInstant(third),
      names,
    });
  } else if (record.tag === 'source' && room(hints.sources)) {
    hints.sources.push({ path, uid: decodeNumber(second) ?? 0 });
  } else if (record.tag === 'folder' && room(hints.folders)) {
    const kind = path === 'log' ? 'log' : 'workspace';
    hints.folders.push({ kind, path: decodePath(second), uid: decodeNumber(third) ?? 0 });
  } else if (record.tag === 'closed') {
    const reason = 'it is closed to the account that looked';
    if (room(hints.closed)) hints.closed.push({ path, reason });
    gaps.push(gapOf(`home ${decodeShort(first)}`, reason, help));
  } else if (record.tag === 'linked') {
    gaps.push(gapOf(path, 'it is reached through a symbolic link, which is not followed'));
  } else if (record.tag === 'late') {
    const reason = 'it did not answer in time, or the search ran out of time';
    hints.complete = false;
    if (room(hints.closed)) hints.closed.push({ path, reason });
    gaps.push(gapOf(path, reason));
  }
}

/** Looks for installations on disk: homes, /opt, /srv, /usr/local, never inside what is not mycoSwarm's. */
export const installationsCollector: HintCollector = {
  subject: 'installations',
  trip: 1,
  budgetMs: 8_000,
  maxBytes: 1024 * 1024,
  source: 'find HOMES /opt /srv /usr/local -xdev -maxdepth 8 -name mycoswarm',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    if (records.length === 0 && !finished) return unseen(whyUnfinished(output));
    const hints: InstallationHints = {
      consoleScripts: [],
      distributions: [],
      virtualEnvironments: [],
      configurationFolders: [],
      sources: [],
      folders: [],
      closed: [],
      complete: finished,
    };
    const gaps: Gap[] = [];
    for (const record of records) addRecord(hints, gaps, record, helpFor(context));
    const count = (tag: string) => records.filter((record) => record.tag === tag).length;
    // A search tells when it came to its end: one that failed without a word has found nothing, and says nothing either.
    const looks = decodeNumber(records.find((record) => record.tag === 'looks')?.fields[0]) ?? 0;
    if (count('walked') < looks && count('late') === 0) {
      hints.complete = false;
      gaps.push(gapOf('installations of mycoSwarm', 'a search for them did not come to its end'));
    }
    if (gaps.some((gap) => gap.what.startsWith('home '))) hints.complete = false;
    if (!finished) gaps.push(gapOf('installations of mycoSwarm', whyUnfinished(output)));
    return seen(hints, gaps);
  },
};
