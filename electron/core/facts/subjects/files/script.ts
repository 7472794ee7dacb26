import { quote, quoteAll } from '#core/hosts/quote.ts';
import type { CollectContext } from '../../collector.ts';
import { isWithin } from '../../profile/paths.ts';
import { END, PRELUDE } from '../../script/prelude.ts';
import { walkedForPrograms } from '../accounts/programs-script.ts';
import { askedPaths, askedTrees, hungMounts, mountPoints } from './asked-paths.ts';
import { walkRoots, walkScript } from './walk-script.ts';

/**
 * lstat(2) of all paths at once; those that give nothing are missing, or below a folder that cannot be entered. Where a path
 * is a link, what it leads to and every folder above that is asked too. A name with a line end in it is told, not followed.
 */
const ONE = `
newline='
'
STAT='@stat:8\\0%n\\0%f\\0%u\\0%g\\0%s\\0%.3Y\\0%h\\0%F\\0'
one() {
  limit 3 stat --printf="$STAT" -- "$@" 2>/dev/null </dev/null
  links=; wholes=$newline
  for path do
    if [ -L "$path" ]; then
      links=$links$path$newline
      whole=$(readlink -e -- "$path"; printf x); whole=\${whole%x}; whole=\${whole%"$newline"}
      emit resolved "$path" "$whole"
      case $whole in *"$newline"*) continue ;; esac
      while [ -n "$whole" ]; do
        case $wholes in *"$newline$whole$newline"*) ;; *) wholes=$wholes$whole$newline ;; esac
        [ "$whole" != / ] || break
        whole=\${whole%/*}; whole=\${whole:-/}
      done
    elif [ ! -e "$path" ]; then
      parent=\${path%/*}
      while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=\${parent%/*}; done
      if [ -d "\${parent:-/}" ] && [ ! -x "\${parent:-/}" ]; then emit unreadable "$path" "\${parent:-/}"; else emit missing "$path"; fi
    fi
  done
  IFS=$newline; set -f
  [ -z "$links" ] || find $links -maxdepth 0 -printf '@target:2\\0%p\\0%l\\0' </dev/null
  set -- "$@" $wholes
  [ "$wholes" = "$newline" ] || limit 3 stat --printf="$STAT" -- $wholes 2>/dev/null </dev/null
  unset IFS; set +f
  emit marks "$(limited 3 ls -ldnUb -- "$@" 2>/dev/null </dev/null)"
  if has getfacl; then emit acl "$(limited 3 getfacl -p -n -s -- "$@" 2>/dev/null </dev/null | head -c 262144)"; fi
  if has lsattr; then emit attributes "$(limited 3 lsattr -d -- "$@" 2>/dev/null </dev/null | head -c 262144)"; fi
}
`;

/** What the script will ask for, and what it may not. Pure: `parse` makes the same plan again. */
export interface FilesPlan {
  paths: string[];
  trees: ReturnType<typeof askedTrees>;
  refused: { path: string; reason: string }[];
}

export function planFiles(context: CollectContext): FilesPlan {
  const hung = hungMounts(context.seen);
  const refused: FilesPlan['refused'] = [];
  const allowed = (path: string) => {
    const dead = hung.find((mount) => isWithin(path, mount));
    const quoted = quote(path);
    const reason = dead
      ? `the file system at ${dead.slice(0, 120)} does not answer`
      : quoted.ok
        ? null
        : quoted.reason;
    if (reason) refused.push({ path, reason });
    return reason === null;
  };
  return {
    paths: askedPaths(context.profile, context.seen).filter(allowed),
    trees: askedTrees(context.profile).filter((tree) => allowed(tree.root)),
    refused,
  };
}

/** The account whose own files need no second look, when all installations have one account. */
function onlyAgent(context: CollectContext): number | null {
  const uids = new Set(context.profile.instances.map((instance) => instance.uid));
  return uids.size === 1 ? ([...uids][0] ?? null) : null;
}

/** @returns the script; without an installation it asks for nothing */
export function filesScript(context: CollectContext): string {
  const plan = planFiles(context);
  const one = plan.paths.length > 0 ? `one ${quoteAll(plan.paths).text}\n` : '';
  const roots = walkRoots(plan.trees);
  const programs = walkedForPrograms(roots, mountPoints(context.seen));
  const walks = walkScript(roots, onlyAgent(context), programs);
  return `${PRELUDE}${ONE}read -r began rest < /proc/uptime; walk_end=$((\${began%.*} + 7 * \${patience:-1}))\n${one}${walks}${END}`;
}
