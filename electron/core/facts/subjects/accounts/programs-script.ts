/** Greatest number of bytes that is kept of the programs of one place. */
export const PROGRAMS_LIMIT = 524_288;

/** Files of containers, machines and snaps: whoever is outside cannot start them, for these folders are closed by their makers. */
const PRUNED_PATHS =
  '-path /var/lib/docker -o -path /var/lib/containers -o -path /var/lib/containerd -o -path /var/lib/machines -o -path /var/lib/snapd';
const PRUNED = `\\( ${PRUNED_PATHS} \\) -prune`;

/**
 * Programs with setuid or setgid bit or file capabilities. The distribution's folders come first; then every place in which
 * somebody may have put one: not on mounts where the bits mean nothing (nosuid), on networks, in images or containers. A search
 * that was ended by its time limit says `late`; one that was not is complete to the depth of five folders.
 * Sources: mount(8), proc_pid_mountinfo(5), find(1), getcap(8).
 *
 * `find_programs` is meant for the left side of a pipe, so that it runs while the rest is asked; what it prints are records.
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
search_setuid() { # SECONDS LABEL PLACE…
  search_limit=$1; search_label=$2; shift 2
  { limit "$search_limit" find "$@" -xdev -maxdepth 5 ${PRUNED} -o -type f -perm /6000 -printf '%m %U %G %p\\0' 2>/dev/null
    [ "$?" -lt 124 ] || printf 'late\\0'
  } | head -c ${PROGRAMS_LIMIT} | tr '\\000' '\\001' | emit_content setuid "$search_label"
}
find_programs() {
  set -- /usr/bin /usr/sbin /usr/lib /usr/libexec /usr/local
  for place in /bin /sbin; do [ -L "$place" ] || set -- "$@" "$place"; done
  search_setuid 3 /usr "$@"
  IFS=$newline; set -f; set -- $(search_places); set +f; unset IFS
  [ "$#" -gt 0 ] || set -- /opt /srv /home /root /var /tmp /etc
  for place in "$@"; do
    shift
    [ -d "$place" ] && [ ! -L "$place" ] && set -- "$@" "$place"
  done
  search_setuid 3 '/opt, /srv, /home and others' "$@"
  has getcap || return
  { limit 2 getcap -r /usr/bin /usr/sbin /usr/libexec /usr/local/bin /usr/local/sbin /usr/lib/*/gstreamer1.0 2>/dev/null
    [ "$?" -lt 124 ] || printf 'late\\n'
  } | head -c ${PROGRAMS_LIMIT} | emit_content capabilities /usr
  { limit 3 find "$@" -xdev -maxdepth 5 \\( -path /usr/share -o ${PRUNED_PATHS} \\) -prune -o -type f -perm /111 -exec getcap {} + 2>/dev/null
    [ "$?" -lt 124 ] || printf 'late\\n'
  } | head -c ${PROGRAMS_LIMIT} | emit_content capabilities '/opt, /srv, /home and others'
  emit capabilities-read
}
`;
