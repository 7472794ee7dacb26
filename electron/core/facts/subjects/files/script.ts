import { quote, quoteAll } from '#core/hosts/quote.ts';
import type { CollectContext } from '../../collector.ts';
import { isWithin } from '../../profile/paths.ts';
import { END, PRELUDE } from '../../script/prelude.ts';
import { askedPaths, askedTrees, hungMounts } from './asked-paths.ts';

/** Entries of one tree beyond which counting stops: then the tree is not complete, and says so. */
const MAX_ENTRIES = 1_000_000;

/**
 * One line per entry comes in, `kind uid gid mode links inode size mtime path`, with line ends in names as \\001. Counts
 * go out by kind, owner, group and mode, with five examples each; single entries only where they could matter.
 */
const AWK = `
function place() { line = $0; for (at = 1; at <= 8; at++) line = substr(line, index(line, " ") + 1); return line }
$1 == "!" { unreadable++; if (unreadable <= 64) print "U " substr($0, 3); next }
$1 == "E" { status = $2; next }
{ if (++total > ${MAX_ENTRIES}) { over = 1; exit }
  key = $1 " " $2 " " $3 " " $4
  if (!(key in count)) { if (++kinds > 4096) { over = 1; exit } }
  if (++count[key] <= 5) example[key, count[key]] = place()
  if ($8 > newest && $8 < 253402300800) newest = $8
  if ($1 == "f" && $5 > 1) { if (++names[$6] == 1 && linked < 4000) { linked++; first[$6] = $0; more[$6] = $5 } }
  if ($1 == "f" && length($4) > 3 && $4 >= 2000 && setuid < 500) { setuid++; print "S " $0 }
  if ($1 !~ /^[fdl]$/ && special < 500) { special++; print "P " $0 } }
END {
  for (inode in first) if (names[inode] < more[inode]) { hard++; if (hard <= 500) print "H " first[inode] }
  for (key in count) { print "B " key " " count[key]; for (at = 1; at <= 5 && at <= count[key]; at++) print "X " example[key, at] }
  print "T " total + 0 " " unreadable + 0 " " hard + 0 " " (over ? 1 : 0) " " (status == "" ? 999 : status) " " (newest == "" ? 0 : newest) }
`;

/**
 * - `one`: lstat(2) of paths at once; those that give nothing are missing, or below a folder that cannot be entered.
 * - `tree`: never leaves its file system, follows no link but the root itself. Only links whose text is absolute or has
 *   `..` in it can lead out; these are resolved in one go. ACLs, which cost two system calls for each
 *   entry (getxattr(2)), are looked for beside the counting: the two walks take the time of one.
 */
const FUNCTIONS = `
STAT='@stat:8\\0%n\\0%f\\0%u\\0%g\\0%s\\0%.3Y\\0%h\\0%F\\0'
above() { above_path=$1; while [ "$above_path" != / ] && [ -n "$above_path" ]; do above_path=\${above_path%/*}; printf '%s\\0' "\${above_path:-/}"; done; }
one() {
  limit 3 stat --printf="$STAT" -- "$@" 2>/dev/null </dev/null
  for path in "$@"; do
    if [ -L "$path" ]; then
      find "$path" -maxdepth 0 -printf '@target:2\\0%p\\0%l\\0'
      printf '@resolved:2\\0%s\\0' "$path"; readlink -ez -- "$path" || printf '\\0'
      if whole=$(readlink -e -- "$path"); then
        { readlink -ez -- "$path"; above "$whole"; } | xargs -0 -r stat --printf="$STAT" -- 2>/dev/null
        { readlink -ez -- "$path"; above "$whole"; } | xargs -0 -r ls -ldnUb -- 2>/dev/null | cut -c1-11 | emit_content marks-of "$path"
      fi
    elif [ ! -e "$path" ]; then
      parent=\${path%/*}
      while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=\${parent%/*}; done
      if [ -d "\${parent:-/}" ] && [ ! -x "\${parent:-/}" ]; then emit unreadable "$path" "\${parent:-/}"; else emit missing "$path"; fi
    fi
  done
  limit 3 ls -ldnUb -- "$@" 2>/dev/null </dev/null | cut -c1-11 | emit_content marks
  if has getfacl; then limit 3 getfacl -p -n -s -- "$@" 2>/dev/null </dev/null | head -c 262144 | emit_content acl; fi
  if has lsattr; then limit 3 lsattr -d -- "$@" 2>/dev/null </dev/null | head -c 262144 | emit_content attributes; fi
}
acls_of() { # ROOT all|folders: prints at its end only, so that the walk never waits for a reader
  if [ "$2" = all ]; then limit 6 ls -lnRUbA -- "$1/" 2>/dev/null </dev/null
  else limit 3 find -H "$1" -xdev -type d -print0 2>/dev/null </dev/null | limit 3 xargs -0 -r ls -ldnUb -- 2>/dev/null; fi | awk -v root="$1" '
    /^\\// && /:$/ { folder = substr($0, 1, length($0) - 1); next }
    substr($0, 11, 1) == "+" && count < 500 { found[++count] = (folder == "" ? "" : folder "/") $0 }
    END { for (at = 1; at <= count; at++) print found[at] }'
}
tree() { # NUMBER PURPOSE ROOT ACL
  if [ ! -d "$3" ]; then
    if [ -e "$3" ] || [ -L "$3" ]; then emit tree "$1" other ''; else
      parent=\${3%/*}; while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=\${parent%/*}; done
      if [ -x "\${parent:-/}" ]; then emit tree "$1" missing ''; else emit tree "$1" closed "\${parent:-/}"; fi
    fi
    return
  fi
  printf '@tree:3\\0%s\\0folder\\0' "$1"; readlink -ez -- "$3" || printf '\\0'
  acls_of "$3" "$4" | {
    { limit 6 find -H "$3" -xdev \\( -type d \\( ! -readable -o ! -executable \\) -printf '! %p\\0' -o -true \\) -printf '%y %U %G %m %n %i %s %T@ %p\\0' 2>/dev/null </dev/null
      printf 'E %d\\0' $?
    } | tr '\\n\\0' '\\001\\n' | awk "$AWK" | emit_content counts "$1"
    limit 3 find -H "$3" -xdev -type l \\( -lname '/*' -o -lname '..' -o -lname '../*' -o -lname '*/../*' -o -lname '*/..' \\) -print0 2>/dev/null </dev/null | head -z -n 1000 | limit 4 xargs -0 -r -n 250 sh -c '
      find "$@" -maxdepth 0 -printf "@link:8\\0t$0\\0%p\\0%m\\0%U\\0%G\\0%T@\\0%n\\0%l\\0"
      for path do printf "@leads:3\\0t%s\\0%s\\0" "$0" "$path"; if [ -e "$path" ]; then readlink -ez -- "$path" || printf "\\0"; else printf "\\0"; fi; done' "$1" 2>/dev/null
    emit_content acls "$1"
  }
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

/** @returns the script; without an installation it asks for nothing */
export function filesScript(context: CollectContext): string {
  const plan = planFiles(context);
  const lines = plan.trees.map((tree, index) => {
    const root = quote(tree.root);
    return root.ok
      ? `tree ${index} ${tree.purpose} ${root.text} ${tree.purpose === 'workspace' ? 'folders' : 'all'}\n`
      : '';
  });
  const one = plan.paths.length > 0 ? `one ${quoteAll(plan.paths).text}\n` : '';
  return `${PRELUDE}AWK='${AWK.replaceAll("'", "'\\''")}'\n${FUNCTIONS}${one}${lines.join('')}${END}`;
}
