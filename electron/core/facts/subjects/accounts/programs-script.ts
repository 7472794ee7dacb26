import { isWithin } from '../../profile/paths.ts';

/** Greatest number of bytes that is kept of the programs of one place. */
export const PROGRAMS_LIMIT = 524_288;

/** Files of containers, machines and snaps: whoever is outside cannot start them, for these folders are closed by their makers. */
const PRUNED =
  '-path /var/lib/docker -o -path /var/lib/containers -o -path /var/lib/containerd -o -path /var/lib/machines -o -path /var/lib/snapd';

/**
 * Asked of files first, and answered for each of them: find(1) tries names before all else, so that a folder that is left out
 * would have its name compared with that of every file.
 */
const WITHIN = `-xdev -maxdepth 5 -type f '(' -perm /6111 '(' ! -perm /6000 -o -printf '%m %U %G %p\\0' ')' -perm /111 -fprint0 /dev/fd/5 -o -true ')' -o -type c -path /dev/null -printf 'end\\0' -o -type d '(' ${PRUNED}`;

/**
 * Programs with setuid or setgid bit or file capabilities, both out of one walk. The distribution's folders come first; then every
 * place in which somebody may have put one: not on mounts where the bits mean nothing (nosuid), on networks, in images or
 * containers. A search that was ended by its time limit says `late`, one that came to its end, which is /dev/null, says `end`; one that was not is complete to the depth of five folders.
 * Capabilities are asked of what somebody may execute: on another file they mean nothing (capabilities(7)).
 *
 * /home is searched apart (`home-searched` says that it was), when it is known what of it is walked for its own sake: to ask
 * each of 100,000 files for its mode takes a third of a second, and once is enough.
 * Sources: mount(8), proc_pid_mountinfo(5), find(1), getcap(8).
 * Needs `newline`.
 */
export const PROGRAMS = `search_places() { # WANTED MOUNTS: places of a list, and with "yes" every mount beside them
  awk -v "list=$1" -v "mounts=$2" '
    function decoded(text) { gsub(/\\\\040/, " ", text); gsub(/\\\\011/, "\\t", text); gsub(/\\\\134/, "\\\\", text); return text }
    BEGIN { count = split(list, wanted, " "); done["/home"] = 1 }
    { point = decoded($5); for (i = 7; i <= NF && $i != "-"; i++); kind = $(i + 1)
      bad = ("," $6 "," $(i + 3) ",") ~ /,nosuid,/ || kind ~ /^(proc|sysfs|cgroup2?|devtmpfs|devpts|mqueue|debugfs|tracefs|securityfs|pstore|bpf|configfs|efivarfs|hugetlbfs|fusectl|binfmt_misc|rpc_pipefs|nsfs|autofs|squashfs|erofs|nfs4?|cifs|smb3|smbfs|9p|ceph|afs|ncpfs|glusterfs|fuse.*)$/
      if (point ~ /^\\/(proc|sys|dev|snap)(\\/|$)/ || (kind == "overlay" && point != "/")) bad = 1
      skipped[point] = bad }
    END {
      for (i = 1; i <= count; i++) {
        at = wanted[i]
        while (at != "" && !(at in skipped)) sub(/\\/[^\\/]*$/, "", at)
        if (at == "") at = "/"
        if (!skipped[at]) print wanted[i]
        done[wanted[i]] = 1
      }
      if (mounts == "yes") for (point in skipped) if (!skipped[point] && point != "/" && !(point in done)) print point
    }' /proc/self/mountinfo 2>/dev/null | head -n 64
}
if has getcap; then with_capabilities() { limit 4 xargs -0 -r getcap 2>/dev/null; }; else with_capabilities() { cat >/dev/null; }; fi
search_programs() { # LABEL PLACE… EXPRESSION: the lists of getcap(8) are held back until those of find(1) are out
  search_label=$1; shift
  { capabilities=$({
      { limit 4 find "$@" -prune 2>/dev/null
        [ "$?" -lt 124 ] || printf '\\0late\\0'
      } | head -c ${PROGRAMS_LIMIT} | tr '\\000' '\\001' | emit_content setuid "$search_label"
    } 5>&1 >&6 | {
      # Status 123 of xargs(1): of something getcap(8) could tell nothing.
      with_capabilities || printf 'late\\n'
    } | head -c ${PROGRAMS_LIMIT}); } 6>&1
  printf '%s\\n' "$capabilities" | emit_content capabilities "$search_label"
}
real_places() { # sets places to those of the list that are folders and no links
  IFS=$newline; set -f; set -- $1; set +f; unset IFS
  places=
  for place do if [ -d "$place" ] && [ ! -L "$place" ]; then places=$places$place$newline; fi; done
}
find_programs() {
  set -- /usr/bin /usr/sbin /usr/lib /usr/libexec /usr/local
  for place in /bin /sbin; do [ -L "$place" ] || set -- "$@" "$place"; done
  search_programs /usr "$@" /dev/null ${WITHIN} ')'
  real_places "$(search_places '/opt /srv /root /var /tmp /etc /mnt /media /data /usr/games /usr/src /usr/share' yes)"
  [ -n "$places" ] || real_places "$(printf '%s\\n' /opt /srv /root /var /tmp /etc)"
  IFS=$newline; set -f; set -- $places; set +f; unset IFS
  [ "$#" -eq 0 ] || search_programs '/opt, /srv, /root and others' "$@" /dev/null ${WITHIN} ')'
  has getcap && emit capabilities-read
}
find_home_programs() { # -o -path PATTERN…: folders that another walk looks at
  wanted=$(search_places /home no)
  [ -r /proc/self/mountinfo ] || wanted=/home
  [ -n "$wanted" ] && [ -d /home ] && [ ! -L /home ] || return 0
  emit home-searched
  search_programs /home /home /dev/null ${WITHIN} "$@" ')'
}
`;

/**
 * Of the folders that are walked for the files of installations those whose programs the walk tells too, so that the search
 * of /home leaves them out: what lies on the file system of /home itself.
 * @param roots folders that are walked
 * @param mounts all mount points, null when they were not seen: then nothing can be left out
 */
export function walkedForPrograms(roots: readonly string[], mounts: readonly string[] | null): boolean[] {
  return roots.map(
    (root) =>
      mounts !== null &&
      root.startsWith('/home/') &&
      !mounts.some((mount) => mount.startsWith('/home/') && isWithin(root, mount)),
  );
}
