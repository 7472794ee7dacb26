/** Greatest number of bytes that is kept of the programs of one place. */
export const PROGRAMS_LIMIT = 524_288;

/** Files of containers, machines and snaps: whoever is outside cannot start them, for these folders are closed by their makers. */
const PRUNED =
  '\\( -path /var/lib/docker -o -path /var/lib/containers -o -path /var/lib/containerd -o -path /var/lib/machines -o -path /var/lib/snapd \\) -prune';

/**
 * Programs with setuid or setgid bit or file capabilities, both out of one walk. The distribution's folders come first; then every
 * place in which somebody may have put one: not on mounts where the bits mean nothing (nosuid), on networks, in images or
 * containers. A search that was ended by its time limit says `late`; one that was not is complete to the depth of five folders.
 * Capabilities are asked of what somebody may execute: on another file they mean nothing (capabilities(7)).
 * Sources: mount(8), proc_pid_mountinfo(5), find(1), getcap(8).
 * Needs `newline`.
 */
export const PROGRAMS = `search_places() {
  awk '
    function decoded(text) { gsub(/\\\\040/, " ", text); gsub(/\\\\011/, "\\t", text); gsub(/\\\\134/, "\\\\", text); return text }
    BEGIN { count = split("/opt /srv /home /root /var /tmp /etc /mnt /media /data /usr/games /usr/src /usr/share", wanted, " ") }
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
      for (point in skipped) if (!skipped[point] && point != "/" && !(point in done)) print point
    }' /proc/self/mountinfo 2>/dev/null | head -n 64
}
if has getcap; then with_capabilities() { limit 4 xargs -0 -r getcap 2>/dev/null; }; else with_capabilities() { cat >/dev/null; }; fi
search_programs() { # LABEL PLACE…: the lists of getcap(8) are held back until those of find(1) are out
  search_label=$1; shift
  { capabilities=$({
      { limit 4 find "$@" -xdev -maxdepth 5 ${PRUNED} -o -type f -perm /6111 '(' ! -perm /6000 -o -printf '%m %U %G %p\\0' ')' -perm /111 -fprint0 /dev/fd/5 2>/dev/null
        [ "$?" -lt 124 ] || printf 'late\\0'
      } | head -c ${PROGRAMS_LIMIT} | tr '\\000' '\\001' | emit_content setuid "$search_label"
    } 5>&1 >&6 | {
      with_capabilities
      [ "$?" -lt 124 ] || printf 'late\\n'
    } | head -c ${PROGRAMS_LIMIT}); } 6>&1
  printf '%s\\n' "$capabilities" | emit_content capabilities "$search_label"
}
find_programs() {
  set -- /usr/bin /usr/sbin /usr/lib /usr/libexec /usr/local
  for place in /bin /sbin; do [ -L "$place" ] || set -- "$@" "$place"; done
  search_programs /usr "$@"
  IFS=$newline; set -f; set -- $(search_places); set +f; unset IFS
  [ "$#" -gt 0 ] || set -- /opt /srv /home /root /var /tmp /etc
  for place in "$@"; do
    shift
    [ -d "$place" ] && [ ! -L "$place" ] && set -- "$@" "$place"
  done
  [ "$#" -eq 0 ] || search_programs '/opt, /srv, /home and others' "$@"
  has getcap && emit capabilities-read
}
`;
