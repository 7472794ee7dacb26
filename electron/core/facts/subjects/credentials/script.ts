import { quote } from '#core/hosts/quote.ts';
import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { CollectContext } from '../../collector.ts';
import { isWithin } from '../../profile/paths.ts';
import { END, PRELUDE } from '../../script/prelude.ts';
import { environmentFilesOf } from '../units/parse.ts';
import { KEY_NAMES, KEY_SHAPES } from './providers.ts';

const NAMES = KEY_NAMES.map((entry) => entry.name).join('|');
const SHAPES = KEY_SHAPES.map((entry) => entry.shape).join('|');

/** Start files, credentials and histories of an account that a person or an agent puts keys into. */
const DOT_FILES =
  '.bashrc .bash_profile .bash_login .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .env .pam_environment .xsessionrc .config/fish/config.fish .netrc .aws/credentials .aws/config .config/gcloud/application_default_credentials.json .huggingface/token .cache/huggingface/token .cache/huggingface/stored_tokens .config/openai/config.json .config/anthropic/config.json .config/io.datasette.llm/keys.json .openai.env .config/environment.d/*.conf';
const HISTORIES = '.bash_history .zsh_history .python_history .sh_history .local/share/fish/fish_history';

/** Bytes of a file, and entries of a list of files, that are read; of what is longer it is said that it was not read to its end. */
const FILE_LIMIT = 64 * 1024 * 1024;
const FILES_LIMIT = 401;

/**
 * Names and shapes are looked for on the node; what leaves it is the name of the variable or the number of the shape. A
 * name counts when something that is no placeholder is assigned to it.
 */
const FUNCTIONS = `
# Both look in $text, and fail where a program on the way did: nothing found would then mean nothing.
names_in() {
  some=$(printf '%s\\n' "$text" | grep -aoiE '(^|[^A-Za-z0-9_])(${NAMES})["'"'"']?[[:space:]]*[=:][[:space:]]*["'"'"']?[^[:space:]"'"'"'$<{]{8,}'); [ "$?" -le 1 ] || return 1
  [ -n "$some" ] || return 0
  some=$(printf '%s\\n' "$some" | grep -aviE '[=:][[:space:]]*["'"'"']?(your|change|xxx|none|null|placeholder|example|insert|todo|os\\.|process\\.|config\\.|env\\.|self\\.|settings\\.)'); [ "$?" -le 1 ] || return 1
  [ -n "$some" ] || return 0
  some=$(printf '%s\\n' "$some" | sed -E 's/["'"'"']?[[:space:]]*[=:].*//; s/^[^A-Za-z0-9_]//' | sort -u | head -n 32); [ -n "$some" ] && printf '%s\\n' "$some"
}
shapes_in() {
  some=$(printf '%s\\n' "$text" | grep -aoE '(^|[^A-Za-z0-9_-])(${SHAPES})'); [ "$?" -le 1 ] || return 1
  [ -n "$some" ] || return 0
  some=$(printf '%s\\n' "$some" | cut -c1-12 | sort -u | head -n 16 | sed -E 's/^[^A-Za-z0-9]//' | cut -c1-8); [ -n "$some" ] && printf '%s\\n' "$some"
}
look_in() { # KIND PLACE NAME: one file of the folder that was entered
  [ -f "./$3" ] && [ ! -L "./$3" ] || return 0
  if [ ! -r "./$3" ]; then emit closed "$2"; return 0; fi
  # What comes last says that nothing on the way to it was cut.
  text=$({ read_whole "$3" ${FILE_LIMIT} && printf '\\n=read whole=\\n'; } | tr '\\000\\r' '\\n\\n' | grep -aiE -m 2000 '${NAMES}|${SHAPES}|^=read whole=$')
  case $text in *'=read whole=') text=\${text%'=read whole='}; result=looked ;; *) result=unread ;; esac
  if [ -n "$text" ]; then
    names=$(names_in) || result=unread
    shapes=$(shapes_in) || result=unread
    [ -z "$names" ] || printf '%s\\n' "$names" | while IFS= read -r found; do emit name "$1" "$2" "$found"; done
    [ -z "$shapes" ] || printf '%s\\n' "$shapes" | while IFS= read -r found; do emit shape "$1" "$2" "$found"; done
  fi
  emit "$result" "$2"
}
inside() { # KIND BASE FILE…: files below BASE, no link followed on the way
  kind=$1; base=$2; shift 2
  ( cd -P -- "$base" 2>/dev/null || { [ ! -d "$base" ] && known_missing "$base" || emit closed "$base"; exit 0; }
    start=$(pwd -P)
    for file in "$@"; do
      case $file in */*) folder=\${file%/*} ;; *) folder= ;; esac
      ( enter "$start" "$folder" && look_in "$kind" "$base/$file" "\${file##*/}" )
    done ) </dev/null
}
dots() { # HOME
  if [ ! -x "$1" ]; then [ ! -d "$1" ] && known_missing "$1" || emit closed "$1"; return 0; fi
  emit looked "$1"
  ( cd -P -- "$1" 2>/dev/null && for file in ${DOT_FILES}; do [ ! -f "$file" ] || inside file "$1" "$file"; done
    for file in ${HISTORIES}; do [ ! -f "$file" ] || inside shell-history "$1" "$file"; done ) </dev/null
}
folder() { # BASE REST: files of a folder and of all that are in it; the last line of the list says that it is whole
  ( enter "$1" "$2" || { known_missing "\${1%/}/$2" && [ ! -e "\${1%/}/$2" ] || emit closed "\${1%/}/$2"; exit 0; }
    place=$(pwd -P); emit looked "$place"
    { find . -xdev -type f ! -name swarm-token ! -name access.log ! -name '*.pyc' -print0 2>/dev/null && printf 'end\\000'; } | head -z -n ${FILES_LIMIT} | tr '\\n\\0' '\\001\\n' | { ended=; while IFS= read -r file; do
      [ "$file" != end ] || { ended=yes; continue; }
      file=\${file#./}; case $file in */*) below=\${file%/*} ;; *) below= ;; esac
      # A name with a line end in it is known by nobody here.
      case $file in *"$line_end"*) emit unread "$place/$file"; continue ;; esac
      ( enter "$place" "$below" && look_in file "$place/$file" "\${file##*/}" )
    done; [ -n "$ended" ] || emit unread "$place"; } ) </dev/null
}
line_end=$(printf '\\001')
environ() { # PID
  [ -r "/proc/$1/environ" ] || { [ ! -d "/proc/$1" ] || emit closed "/proc/$1/environ"; return 0; }
  # The kernel lets no environment be longer than 6 MiB (execve(2)).
  found=$({ head -c 8388608 "/proc/$1/environ" 2>/dev/null && printf '\\000=read whole='; } | tr '\\n\\000' ' \\n' | grep -aE '^[A-Za-z_][A-Za-z0-9_]*=.*(${SHAPES})|^=read whole=$' | sed 's/\\(.\\)=.*/\\1/')
  case $found in *'=read whole') emit looked "/proc/$1/environ" ;; *) [ ! -d "/proc/$1" ] || emit unread "/proc/$1/environ" ;; esac
  [ -z "$found" ] || printf '%s\\n' "$found" | grep -v '^=' | head -n 32 | while IFS= read -r name; do emit environ "$1" "$name"; done
}
`;

/** Processes whose environment counts: those of an installation, and all others of its account. */
export function agentPids(context: CollectContext): number[] {
  const processes: Subjects['processes'] | undefined = context.seen.processes;
  const pids = new Set(context.profile.instances.flatMap((instance) => instance.pids));
  const uids = new Set(
    context.profile.instances.flatMap((instance) => (instance.uid === null ? [] : [instance.uid])),
  );
  if (processes?.state === 'seen') {
    for (const process of processes.value.processes) {
      // An agent that runs as root does not make every service of the machine its own.
      if (process.uid !== 0 && uids.has(process.uid)) pids.add(process.pid);
    }
  }
  return [...pids].slice(0, 256);
}

export function credentialsScript(context: CollectContext): string {
  const lines: string[] = [];
  const call = (name: string, ...values: string[]) => {
    const words = values.map((value) => (value === '' ? "''" : quote(value)));
    const texts = words.flatMap((word) => (typeof word === 'string' ? word : word.ok ? word.text : []));
    if (texts.length === values.length) lines.push(`${name} ${texts.join(' ')}\n`);
  };
  const homes = new Set<string>();
  for (const instance of context.profile.instances) {
    const { home, configurationFolder, source } = instance;
    if (home && home !== '/') homes.add(home);
    if (configurationFolder) {
      const base = home && home !== '/' && isWithin(configurationFolder, home) ? home : '/';
      call('folder', base, configurationFolder.slice(base === '/' ? 1 : base.length + 1));
    }
    if (source && source !== '/')
      call('inside', 'file', source, '.env', '.env.local', 'config.json', 'config.yaml', 'config.toml');
  }
  for (const home of homes) call('dots', home);
  const units = context.seen.units?.state === 'seen' ? context.seen.units.value.units : [];
  for (const place of new Set(
    units.filter((unit) => /mycoswarm/i.test(unit.name)).flatMap(environmentFilesOf),
  )) {
    const at = place.lastIndexOf('/');
    call('inside', 'unit', place.slice(0, at) || '/', place.slice(at + 1));
  }
  if (context.profile.instances.length > 0) call('inside', 'file', '/etc', 'environment');
  const pids = agentPids(context).map((pid) => `environ ${pid}\n`);
  return `${PRELUDE}${FUNCTIONS}${lines.join('')}${pids.join('')}${END}`;
}
