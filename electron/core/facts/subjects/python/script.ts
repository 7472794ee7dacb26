import { quote } from '#core/hosts/quote.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { folderOf } from '../../profile/command.ts';
import { AS_UID, END, PRELUDE } from '../../script/prelude.ts';

/** One folder of packages to be read. */
export interface AskedEnvironment {
  instance: string | null;
  root: string;
  /** Exact folder, or null when it is to be found below `root`/lib. */
  sitePackages: string | null;
  kind: 'virtual-environment' | 'user' | 'system' | 'distribution-packages';
}

/** Files of a source folder that declare, lock or install requirements. */
const REQUIREMENT_PATTERNS =
  './requirements*.txt ./requirements/*.txt ./constraints*.txt ./pyproject.toml ./setup.py ./setup.cfg ./Pipfile.lock ./poetry.lock ./uv.lock ./pylock*.toml ./install*.sh ./scripts/install*.sh ./scripts/setup*.sh';

/**
 * Headers of METADATA up to the first blank line. As root the files of somebody else are opened with that account's rights,
 * so that a link put there at the last moment leads no further than its owner could go; nothing is ever imported or run.
 */
const FUNCTIONS = `
NL='
'
HEADERS='
FNR == 1 { done = 0; print "F" FILENAME; lines = 0 }
done { next }
/^[ \\t]*\\r?$/ { done = 1; next }
++lines > 2000 { done = 1; next }
/^(Name|Version|Requires-Dist|License|License-Expression): / || /^Classifier: License ::/ { print substr($0, 1, 1024) }
'
site() { # NUMBER FOLDER
  [ -d "$2" ] || return 1
  owner=$(stat -L -c %u "$2") || return 1
  as_prepare "$owner"
  emit site "$1" "$2"
  emit names "$1" "$(told find -H "$2" -mindepth 1 -maxdepth 1 \\( -name '*.dist-info' -o -name '*.egg-info' -o -name '*.egg' -o -name '*.egg-link' -o -name '__editable__*' \\) ! -name "*$NL*" -printf '%y%f\\n' 2>/dev/null | head -n 20000)"
  # Names with a line break cannot be told apart in lists: that there are some is said, and then not all was read.
  odd=$(find -H "$2" -mindepth 1 -maxdepth 1 -name "*$NL*" -printf x 2>/dev/null | head -c 1)
  [ -z "$odd" ] || emit odd "$1"
  if [ ! -r "$2" ] || [ ! -x "$2" ]; then emit closed "$1"; return 0; fi
  {
    as_uid "$owner" find -H "$2" -mindepth 1 -maxdepth 2 -type f \\( -path '*.dist-info/METADATA' -o -path '*.egg-info/PKG-INFO' -o -path '*.egg-info' \\) -size -2048k ! -path "*$NL*" -print0
    as_uid "$owner" find -H "$2" -mindepth 1 -maxdepth 1 -type d -name '*.egg' -print0 | head -z -n 1024 | as_uid "$owner" xargs -0 -r sh -c 'exec find "$@" -mindepth 2 -maxdepth 2 -type f -path "*.egg/EGG-INFO/PKG-INFO" -size -2048k -print0' sh
  } 2>/dev/null | head -z -n 8192 | told as_uid "$owner" timeout -s KILL "$((5 * \${patience:-1}))" xargs -0 -r awk "$HEADERS" 2>/dev/null | emit_content headers "$1"
  as_uid "$owner" find -H "$2" -mindepth 2 -maxdepth 2 -type f -path '*.dist-info/*' \\( -name INSTALLER -o -name direct_url.json \\) -size -5k ! -path "*$NL*" -print0 2>/dev/null | head -z -n 8192 | as_uid "$owner" timeout -s KILL "$((5 * \${patience:-1}))" xargs -0 -r awk 'FNR == 1 { print "F" FILENAME } FNR <= 8 { print "L" substr($0, 1, 2048) }' 2>/dev/null | emit_content small "$1"
  emit records "$1" "$(as_uid "$owner" find -H "$2" -mindepth 2 -maxdepth 2 \\( -name RECORD -o -name REQUESTED -o -name direct_url.json \\) -path '*.dist-info/*' ! -path "*$NL*" -print 2>/dev/null | head -n 24576)"
  as_uid "$owner" find -H "$2" -mindepth 1 -maxdepth 1 -type f -name '*.pth' -size -64k ! -path "*$NL*" -print0 2>/dev/null | head -z -n 256 | as_uid "$owner" timeout -s KILL "$((5 * \${patience:-1}))" xargs -0 -r awk 'FNR == 1 { print "F" FILENAME } FNR <= 256 && !/^(import[ \\t]|#|[ \\t]*$)/ { print "L" substr($0, 1, 1024) }' 2>/dev/null | emit_content paths "$1"
  copies "$1" "$2"
  case $2 in */dist-packages)
    if [ -d /var/lib/dpkg/info ]; then
      emit owners "$1" "$(told limit 3 grep -Hs '/dist-packages/[^/]*\\.\\(dist\\|egg\\)-info$' /var/lib/dpkg/info/*.list 2>/dev/null | head -n 16384)"
    fi ;;
  esac
}
copies() { # NUMBER FOLDER: distributions that lie within others
  as_uid "$owner" find -H "$2" -mindepth 2 -maxdepth 3 -type d \\( -name _vendor -o -name _vendored -o -name vendored \\) -prune ! -path "*$NL*" -print0 2>/dev/null | head -z -n 64 | told as_uid "$owner" timeout -s KILL "$((5 * \${patience:-1}))" xargs -0 -r sh -c '
    find -H "$@" -mindepth 1 -maxdepth 1 -type d \\( -name "*.dist-info" -o -name "*.egg-info" \\) -print | head -n 2048
    find -H "$@" -mindepth 1 -maxdepth 1 -type f \\( -name vendor.txt -o -name vendored.txt \\) -size -64k -print0 | head -z -n 64 | xargs -0 -r awk "FNR == 1 { print \\"F\\" FILENAME } FNR <= 1024 { print \\"L\\" substr(\\$0, 1, 512) }"
  ' sh 2>/dev/null | emit_content copies "$1"
}
environment() { # NUMBER ROOT EXACT: without an exact folder all that fit below ROOT
  if [ -n "$3" ]; then site "$1" "$3" || emit missing "$1" "$3"; else
    for place in "$2"/lib/python3*/site-packages "$2"/lib64/python3*/site-packages "$2"/lib/python3*/dist-packages; do
      case $place in "$2"/lib64/*) [ ! -L "$2/lib64" ] || continue ;; esac
      [ ! -d "$place" ] || site "$1" "$place"
    done
  fi
  if [ -f "$2/pyvenv.cfg" ]; then
    settings=$(read_file / "\${2#/}" pyvenv.cfg 4096)
    printf '%s' "$settings" | emit_content pyvenv "$1"
    ! printf '%s\\n' "$settings" | grep -qi '^[[:space:]]*include-system-site-packages[[:space:]]*=[[:space:]]*true' || shared=yes
  fi
}
shared=no
requirements() { # NUMBER FOLDER
  ( enter / "\${2#/}" || { emit source-closed "$1" "$2" $?; exit 0; }
    count=0
    for file in ${REQUIREMENT_PATTERNS}; do
      [ -f "$file" ] && [ ! -L "$file" ] && [ $count -lt 32 ] || continue
      count=$((count + 1))
      if [ ! -r "$file" ]; then emit source-closed "$1" "$2/\${file#./}" 13; continue; fi
      case $file in ./*/*) ( enter . "$(dirname "\${file#./}")" && read_here "$(basename "$file")" 1048577 ) ;; *) read_here "\${file#./}" 1048577 ;; esac | emit_content requirement "$1" "$2/\${file#./}"
    done ) </dev/null
}
`;

function environmentsOf(instance: InstanceProfile): AskedEnvironment[] {
  const { id, virtualEnvironment, sitePackages, home } = instance;
  const user = home && home !== '/' ? `${home}/.local` : null;
  if (virtualEnvironment) {
    const inside = sitePackages?.startsWith(`${virtualEnvironment}/`) ? sitePackages : null;
    return [
      { instance: id, root: virtualEnvironment, sitePackages: inside, kind: 'virtual-environment' },
      // Loaded too where the environment takes in the packages of the system (site module, "ENABLE_USER_SITE").
      ...(user ? [{ instance: id, root: user, sitePackages: null, kind: 'user' as const }] : []),
    ];
  }
  return [
    ...(user ? [{ instance: id, root: user, sitePackages: null, kind: 'user' as const }] : []),
    ...(sitePackages && !sitePackages.startsWith(`${user}/`)
      ? [{ instance: id, root: folderOf(folderOf(sitePackages)), sitePackages, kind: 'system' as const }]
      : []),
  ];
}

/** Packages of the system, which an installation sees without a virtual environment, or with one that says so. */
const SYSTEM: readonly AskedEnvironment[] = [
  { instance: null, root: '/usr/local', sitePackages: null, kind: 'system' },
  {
    instance: null,
    root: '/usr',
    sitePackages: '/usr/lib/python3/dist-packages',
    kind: 'distribution-packages',
  },
];

/** Environments to read: each installation's own, then the system's, which are read where one of them can see these. */
export function askedEnvironments(context: CollectContext): AskedEnvironment[] {
  const own = context.profile.instances.flatMap(environmentsOf);
  const system = own.length > 0 || context.profile.instances.length > 0 ? SYSTEM : [];
  const all = [...own, ...system].filter(
    (entry) => quote(entry.root).ok && quote(entry.sitePackages ?? '/').ok,
  );
  return [
    ...new Map(all.map((entry) => [`${entry.instance} ${entry.root} ${entry.sitePackages}`, entry])).values(),
  ].slice(0, 16);
}

/** Source folders whose requirement files are read. */
export function askedSources(context: CollectContext): { instance: string; folder: string }[] {
  return context.profile.instances.flatMap(({ id, source }) =>
    source?.startsWith('/') && source !== '/' && quote(source).ok ? [{ instance: id, folder: source }] : [],
  );
}

function word(value: string | null): string {
  const quoted = quote(value ?? '');
  return quoted.ok ? quoted.text || "''" : "''";
}

export function pythonScript(context: CollectContext): string {
  const always = context.profile.instances.some((instance) => !instance.virtualEnvironment);
  const isolated = new Set(
    context.profile.instances.flatMap(({ id, virtualEnvironment }) => (virtualEnvironment ? [id] : [])),
  );
  const environments = askedEnvironments(context).map((entry, at) => {
    const isSystem = SYSTEM.some(
      ({ root, kind }) => entry.instance === null && entry.root === root && entry.kind === kind,
    );
    const besideOwn = entry.kind === 'user' && entry.instance !== null && isolated.has(entry.instance);
    const only = (isSystem && !always) || besideOwn ? '[ "$shared" = no ] || ' : '';
    return `${only}environment ${at} ${word(entry.root)} ${word(entry.sitePackages)}\n`;
  });
  const sources = askedSources(context).map((entry, at) => `requirements ${at} ${word(entry.folder)}\n`);
  return `${PRELUDE}${AS_UID}${FUNCTIONS}${environments.join('')}${sources.join('')}${END}`;
}
