import { quote, quoteAll } from '#core/hosts/quote.ts';
import { isWithin } from '../../profile/paths.ts';
import { PROGRAMS_LIMIT } from '../accounts/programs-script.ts';
import type { AskedTree } from './asked-paths.ts';

/** Entries of one walk beyond which counting stops: then the tree is not complete, and says so. */
const MAX_ENTRIES = 1_000_000;
/** Candidates for links out that are resolved, in each walk. */
const MAX_LINKS = 1_000;
/** Programs of each walk that change the user; beyond that the search for them counts as cut. */
const MAX_PROGRAMS = 2_000;
/** Entries with an access list that are told, over all trees. */
export const MAX_ACLS = 2_000;

/**
 * Reads what the walks print, with line ends in names as \\001:
 * `W walk tells root` and `E walk status` around each, `kind uid gid mode links inode size mtime device path` for an entry, the
 * same behind `M walk` for the root of another walk, `! path` for a closed folder, `= path` for a link that may lead out.
 *
 * Nearly all entries are plain files (`s uid gid mode mtime path-below-root`), and nearly all of those are like the one before.
 * When five of a kind were kept as examples, the next ones are only compared with it, not taken apart (`run`, until `settle`):
 * the newest of them is the greatest line, as long as times have the same width.
 *
 * A tree is its own walk and those that were left out of it, as far as they lie on its file system. For each it prints
 * `N walk` and then counts by kind, owner, group and mode, with five examples each, and single entries only where they
 * could matter; in front `L path` for the links, and for a walk that tells programs `Q mode uid gid path` for
 * each with setuid or setgid bit and `Y status` when it is over. Behind all that stands `K` before each line of getcap(8).
 */
const COUNT = `
function place(line, at) { for (; at > 0; at--) line = substr(line, index(line, " ") + 1); return line }
function gather(walk, list, at) { members[++size] = walk; count = split(inner[walk], list, " "); for (at = 1; at in list; at++) gather(list[at]) }
function settle() {
  if (run) { total[walk] += run; counted[walk, common] += run; later(substr(top, wide + 1, 21)) }
  run = room = 0; same = "\\n"; wide = 1
}
function later(time) { if (time + 0 > newest[walk] + 0 && time + 0 < 253402300800) newest[walk] = time }
function add(key, time) { # true when it may be counted; number is how many there are by now
  if (total[walk] + run >= ${MAX_ENTRIES}) { over[walk] = 1; return 0 }
  total[walk]++; room--; later(time)
  if ((number = ++counted[walk, key]) == 1) { if (++kinds[walk] > 4096) { kinds[walk]--; over[walk] = 1 } else kind[walk, kinds[walk]] = key }
  return 1
}
BEGIN { same = "\\n"; wide = 1 }
run < room && substr($0, 1, wide) == same && substr($0, wide + 11, 1) == "." { run++; if ($0 > top) top = $0; next }
$1 == "s" {
  settle()
  key = "f " $2 " " $3 " " $4
  if (!add(key, $5)) next
  if (number <= 5) { example[walk, key, number] = base[walk] "/" place($0, 5); next }
  common = key; same = "s " $2 " " $3 " " $4 " "; wide = length(same); top = substr($0, wide + 11, 1) == "." ? $0 : same; room = ${MAX_ENTRIES} - total[walk]
  next
}
$1 == "W" { walk = $2; tells[walk] = $3; base[walk] = place($0, 3); next }
$1 == "x" { if (++able[walk] <= ${MAX_PROGRAMS}) print "Q" substr($0, 2); else cut[walk] = 1; next }
$1 == "E" { settle(); status[walk] = $3; next }
$1 == "!" { if (++closed[walk] <= 64) closedat[walk, closed[walk]] = substr($0, 3); next }
$1 == "=" { if (++links[walk] <= ${MAX_LINKS}) print "L " substr($0, 3); else over[walk] = 1; next }
$1 == "M" { if ($11 == device[walk]) { inner[walk] = inner[walk] " " $2; next } sub(/^M [0-9]+ /, "") }
{ key = $1 " " $2 " " $3 " " $4
  if (!add(key, $8)) next
  if (!(walk in device)) device[walk] = $9
  if (number <= 5) example[walk, key, number] = place($0, 9)
  if ($1 == "f") {
    if ($5 > 1 && ++names[walk, $6] == 1) { if (++linked[walk] > 20000) { linked[walk]--; over[walk] = 1 } else { inode[walk, linked[walk]] = $6; first[walk, $6] = $0; more[walk, $6] = $5 } }
    if (length($4) > 3 && $4 >= 2000 && setuid[walk] < 500) setuidat[walk, ++setuid[walk]] = $0
  } else if ($1 !~ /^[dl]$/ && special[walk] < 500) specialat[walk, ++special[walk]] = $0
}
END {
  for (walk in tells) if (tells[walk]) print "Y " (walk in cut ? 137 : status[walk] + 0)
  for (tree = 0; tree in status; tree++) {
    print "N " tree
    size = 0; split("", members); split("", sum); split("", known); gather(tree)
    all = late = shut = hard = overall = 0; latest = ""; keys = marks = odd = told = 0
    for (m = 1; m <= size; m++) {
      walk = members[m]
      all += total[walk]; shut += closed[walk]; overall += over[walk]
      if (status[walk] > late) late = status[walk]
      if (newest[walk] > latest) latest = newest[walk]
      for (at = 1; at <= kinds[walk]; at++) { key = kind[walk, at]; if (!(key in sum)) order[++keys] = key; sum[key] += counted[walk, key] }
      for (at = 1; at <= closed[walk] && at <= 64 && told < 64; at++) { told++; print "U " closedat[walk, at] }
      for (at = 1; at <= setuid[walk] && marks < 500; at++) { marks++; print "S " setuidat[walk, at] }
      for (at = 1; at <= special[walk] && odd < 500; at++) { odd++; print "P " specialat[walk, at] }
      for (at = 1; at <= linked[walk]; at++) {
        node = inode[walk, at]
        if (node in known) continue
        known[node] = 1; here = 0
        for (other = 1; other <= size; other++) here += names[members[other], node]
        if (here < more[walk, node] && ++hard <= 500) print "H " first[walk, node]
      }
    }
    for (k = 1; k <= keys; k++) {
      print "B " order[k] " " sum[order[k]]; told = 0
      for (m = 1; m <= size; m++) for (at = 1; at <= 5 && told < 5; at++) if ((members[m], order[k], at) in example) { told++; print "X " example[members[m], order[k], at] }
    }
    print "T " all + 0 " " shut + 0 " " hard + 0 " " (overall ? 1 : 0) " " late + 0 " " (latest == "" ? 0 : latest)
  }
}
`;

/**
 * One find(1) over every place, however many trees share it, and everything that is asked of a tree out of that one walk. It
 * never leaves a file system, follows no link but the root itself, and ends after seven seconds with what it has.
 *
 * An access list costs two system calls for each entry (getxattr(2)), so it is asked of every folder and of those files
 * whose group bits let write: on a file with an access list these bits are the mask, beyond which nobody named in it has
 * any right (acl(5), "CORRESPONDENCE BETWEEN ACL ENTRIES AND FILE PERMISSION BITS"). ls(1) shows them beside the walk.
 * Only links whose text is absolute or has \`..\` in it can lead out; these are resolved in one go afterwards.
 *
 * The lists of ls(1) come after the counts: their input ends only when all that could write to it, the counting too, has ended.
 */
export const WALK_FUNCTIONS = `
FIELDS='%y %U %G %m %n %i %s %T@ %D %p\\0'
walk() { # WALK ROOT TELLS EXPRESSION -o: TELLS programs when 1, EXPRESSION leaves out the roots of other walks. Plain files come first.
  walk_number=$1; walk_root=$2; walk_tells=$3; shift 3
  read -r now rest < /proc/uptime; left=$((walk_end - \${now%.*}))
  printf 'W %d %d %s\\0' "$walk_number" "$walk_tells" "\${walk_root%/}"
  [ "$left" -gt 0 ] || { printf 'E %d 137\\0' "$walk_number"; return; }
  [ "$walk_tells" = 1 ] && programs=-true || programs=-false
  limit "$left" find -H "$walk_root" -xdev -type f -links 1 ! -perm /7111 '(' ! -perm -020 $MINE ')' -printf 's %U %G %m %T@ %P\\0' -o "$@" \\
    '(' -type d '(' ! -readable -o ! -executable ')' -printf '! %p\\0' -o -type l '(' -lname '/*' -o -lname '..' -o -lname '../*' -o -lname '*/../*' -o -lname '*/..' ')' -printf '= %p\\0' -o -true ')' \\
    '(' -type d -fprint0 /dev/fd/5 -o ! -type l -perm -020 ! '(' -false $MINE ')' -fprint0 /dev/fd/5 -o -true ')' \\
    '(' $programs -type f -perm /6111 '(' ! -perm /6000 -o -printf 'x %m %U %G %p\\0' ')' -perm /111 -fprint0 /dev/fd/7 -o -true ')' -printf "$FIELDS" 2>/dev/null </dev/null
  printf 'E %d %d\\0' "$walk_number" $?
}
access_lists() { # Names ended by NUL on standard input. \`V status looked found\` comes last.
  { limit 8 xargs -0 -r ls -ldnUb -- 2>/dev/null; printf 'V %d\\n' $?; } | awk '
    $1 == "V" { status = $2; next }
    { looked++ }
    substr($0, 11, 1) == "+" && ++found <= ${MAX_ACLS} { kept[found] = $0 }
    END { for (at = 1; at in kept; at++) print "C " kept[at]; print "V " status " " looked + 0 " " found + 0 }'
}
capability_lists() { # Names ended by NUL on standard input; told when they have ended, and so has all else
  if has getcap; then limit 8 xargs -0 -r getcap 2>/dev/null || printf 'late\\n'; else cat >/dev/null; fi | awk '
    { size += length($0) + 1; if (size <= ${PROGRAMS_LIMIT}) kept[NR] = $0; else cut = 1 }
    END { for (at = 1; at in kept; at++) print "K " kept[at]; if (cut) print "K late" }'
}
summary() { # what walk_all printed
  printf '%s\\n' "$1" | emit_content counts
  case $1 in *'
L '* | 'L '*) printf '%s\\n' "$1" | sed -n 's/^L //p' | tr '\\001\\n' '\\n\\000' | limit 4 xargs -0 -r -n 250 sh -c '
    find "$@" -maxdepth 0 -printf "@link:7\\0%p\\0%m\\0%U\\0%G\\0%T@\\0%n\\0%l\\0"
    for path do printf "@leads:2\\0%s\\0" "$path"; if [ -e "$path" ]; then readlink -ez -- "$path" || printf "\\0"; else printf "\\0"; fi; done' _ 2>/dev/null ;; esac
}
root() { # WALK ROOT: what lies there; true when it is a folder
  if [ -d "$2" ]; then printf '@tree:3\\0%s\\0folder\\0' "$1"; readlink -ez -- "$2" || printf '\\0'; return 0; fi
  if [ -e "$2" ] || [ -L "$2" ]; then emit tree "$1" other ''
  elif known_missing "$2"; then emit tree "$1" missing ''
  else
    parent=\${2%/*}; while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=\${parent%/*}; done
    emit tree "$1" closed "\${parent:-/}"
  fi
  return 1
}
`;

/** Folders to walk: every root of a tree once, whatever it is asked for. */
export function walkRoots(trees: readonly AskedTree[]): string[] {
  return [...new Set(trees.map((tree) => tree.root))];
}

/** A path as a pattern of fnmatch(3) that fits no other. */
export function literalPattern(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

/**
 * The part of the script that walks.
 * @param roots from `walkRoots`, all of them accepted by `quote`
 * Needs `walk_end`, seconds of /proc/uptime at which walking ends.
 * @param programs for each root, whether its programs are asked for
 * @param agent uid of the only agent, whose own files need no access list to be his; null when there are several
 */
export function walkScript(
  roots: readonly string[],
  agent: number | null,
  programs: readonly boolean[],
): string {
  if (roots.length === 0) return '';
  const calls = roots.map((root, walk) => {
    const cuts = roots.flatMap((other, number) => {
      const pattern = quote(literalPattern(other));
      return other !== root && isWithin(other, root) && pattern.ok
        ? [`-o -path ${pattern.text} -printf "M ${number} $FIELDS" -prune`]
        : [];
    });
    const expression = cuts.length > 0 ? ` -type d '(' -false ${cuts.join(' ')} ')' -o` : '';
    return { walk, word: quoteAll([root]).text, tells: programs[walk] === true ? 1 : 0, expression };
  });
  return `COUNT='${COUNT.replaceAll("'", "'\\''")}'
MINE='${agent === null ? '' : `-o -uid ${agent}`}'
${WALK_FUNCTIONS}walks=
${calls.map(({ walk, word }) => `root ${walk} ${word} && walks="$walks ${walk} "\n`).join('')}walk_all() {
${calls.map(({ walk, word, tells, expression }) => `case $walks in *' ${walk} '*) walk ${walk} ${word} ${tells}${expression} ;; *) printf 'W ${walk} ${tells} \\0E ${walk} 0\\0' ;; esac\n`).join('')}}
[ -z "$walks" ] || summary "$({ { { walk_all | tr '\\n\\000' '\\001\\n' | awk "$COUNT"; } 5>&1 >&6 7>&8 | access_lists >&6; } 8>&1 | capability_lists; } 6>&1)"
`;
}
