import { END, PRELUDE } from '../../script/prelude.ts';

/** `pinned`: true where pins may choose the candidate of an installed package, apt_preferences(5); in doubt they do. */
export const PINNED = `pins() { # of each pin: ORIGIN NAME…; ? for anything but a plain host as origin, * for anything but a plain name
  awk '
    function flush() { if (pin != "" || names != "") print (pin == "" ? "?" : pin) (names == "" ? " *" : names); pin = ""; names = "" }
    FNR == 1 || /^[ \\t]*$/ { flush() }
    /^#/ || /^[ \\t]*$/ { next }
    tolower($1) == "package:" && NF > 1 { for (at = 2; at <= NF; at++) names = names " " ($at ~ /^[a-z0-9][a-z0-9+.-]*$/ ? $at : "*"); next }
    tolower($1) == "pin:" { host = $3; gsub(/"/, "", host); pin = $2 == "origin" && NF == 3 && host ~ /^[A-Za-z0-9.-]+$/ ? host : "?"; next }
    tolower($1) == "pin-priority:" || tolower($1) == "explanation:" { next }
    { names = names " *" }
    END { flush() }' "$@" </dev/null
}
pinned() { # a pin may choose the candidate of an installed package; one for an origin without lists chooses nothing
  set --
  for file in /etc/apt/preferences /etc/apt/preferences.d/*; do [ ! -f "$file" ] || set -- "$@" "$file"; done
  [ $# -gt 0 ] || return 1
  known=$(pins "$@" && echo all) && lists=$(ls /var/lib/apt/lists) || return 0
  printf '%s\\n' "$known" | while read -r origin names; do
    [ "$origin" != all ] || exit 1
    if [ "$origin" != '?' ]; then
      printf '%s\\n' "$lists" | grep -qi "^$origin[_:]"
      [ "$?" -ne 1 ] || continue
    fi
    case " $names " in *' * '*) exit 0 ;; esac
    # Status 1: not all of them are known. That, too, it says in words; without any it was ended.
    states=$(limit 2 dpkg-query -W -f '=\${db:Status-Status}=\\n' -- $names 2>&1 </dev/null)
    [ "$?" -le 1 ] && [ -n "$states" ] || exit 0
    case $states in *=installed=*) exit 0 ;; esac
  done
}
`;

/**
 * Nothing is fetched, locked or written. `apt list --upgradable` is quick where apt's binary cache is fresh; root's apt would
 * write that cache where it is not, so then the lists on disk are read as they are: for every installed package the
 * versions in each list, to be compared by the console. Where pins (apt_preferences(5)) that concern an installed package
 * and an origin that has lists, a default release or backports decide what is a candidate, apt is asked after all, and told to keep its cache in memory.
 *
 * Lists are 50 MB of text of which awk needs a fifth: grep, four times as quick, leaves the rest out, and awk passes over packages
 * that are not installed. If either dies, or apt, or what is installed could not be read to its end, the word `all` at the end is
 * missing. A program that is ended in the middle of a line must not take the word `failed` into that line.
 */
export const UPDATES_SCRIPT = `${PRELUDE}
${PINNED}decided() { # something other than the version chooses the candidate
  pinned && return 0
  grep -qs '^NotAutomatic: yes' /var/lib/apt/lists/*_InRelease /var/lib/apt/lists/*_Release
  case $? in 1 | 2) ;; *) return 0 ;; esac
  grep -rqs 'Default-Release' /etc/apt/apt.conf /etc/apt/apt.conf.d
  case $? in 1 | 2) return 1 ;; esac
}
own_lists() { # NAME TAB SUITE TAB VERSION TAB ARCHITECTURE TAB INSTALLED, where the version is another one
  emit candidates "$({
    limit 3 dpkg-query -W -f 'I \${db:Status-Status} \${Package} \${Architecture} \${Version}\\n' 2>/dev/null </dev/null || printf '\\nfailed\\n'
    for release in /var/lib/apt/lists/*_InRelease /var/lib/apt/lists/*_Release; do
      [ -f "$release" ] || continue
      suite=$(sed -n '/^Suite: */{s///p;q;}' "$release") || echo failed
      printf 'S %s\\n' "$suite"
      for list in "\${release%_*Release}"_*_Packages*; do
        [ ! -f "$list" ] || limit 5 /usr/lib/apt/apt-helper cat-file "$list" 2>/dev/null </dev/null || printf '\\nfailed\\n'
      done
    done
    echo finished
  } | grep -aE '^([IS] |Package:|Version:|Architecture:|failed$|finished$|$)' | awk '
    skip { if ($0 == "") { skip = 0; name = architecture = version = ""; next } if (/^[VA]/) next }
    $0 == "" { key = name " " architecture; if (key in installed && installed[key] != version) print name "\\t" suite "\\t" version "\\t" architecture "\\t" installed[key]; name = architecture = version = ""; next }
    $1 == "Package:" { name = $2; skip = !(name in wanted); next }
    $1 == "Version:" { version = $2; next }
    $1 == "Architecture:" { architecture = $2; next }
    $1 == "I" && NF == 5 { if ($2 == "installed") { installed[$3 " " $4] = $5; wanted[$3] = any = 1 } next }
    $1 == "S" { suite = $2; next }
    $1 == "failed" { failed = 1 }
    $1 == "finished" { if (!failed && any) print "all" }' | head -c 1048576)"
}
emit kernel "$(uname -r)"
for image in /boot/vmlinuz-*; do [ ! -f "$image" ] || emit image "\${image#/boot/vmlinuz-}"; done
[ ! -e /run/reboot-required ] && [ ! -e /var/run/reboot-required ] || emit restart "$(head -c 16384 /run/reboot-required.pkgs 2>/dev/null)"
if has apt-get; then
  emit manager apt
  emit refreshed "$(stat -c %Y /var/lib/apt/periodic/update-success-stamp 2>/dev/null)" "$(stat -c %Y /var/lib/apt/lists/partial 2>/dev/null)"
  lists=0; cache=/var/cache/apt/pkgcache.bin; memory=
  for list in /var/lib/apt/lists/*_InRelease /var/lib/apt/lists/*_Release; do
    [ -f "$list" ] || continue
    lists=$((lists + 1)); [ $lists -le 64 ] || break
    emit release "$(head -c 4096 "$list")"
    [ "$cache" -nt "$list" ] || memory=yes
  done
  [ "$cache" -nt /var/lib/dpkg/status ] || memory=yes
  emit lists "$lists"
  limited 2 find /var/cache/apt/archives -maxdepth 1 -type f -name '*.deb' -printf '@package:2\\0%f\\0%Ts\\0' 2>/dev/null | head -c 262144; printf '\\0\\0\\0'
  if [ -n "$memory" ] && [ -x /usr/lib/apt/apt-helper ] && has dpkg-query && ! decided; then own_lists
  else
    if [ "$node_uid" = 0 ] && [ -n "$memory" ]; then set -- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=; else set --; fi
    { limit 6 apt "$@" list --upgradable 2>/dev/null </dev/null && echo all; } | grep -e '\\[upgradable from: ' -e '^all$' | head -n 4097 | emit_content pending
  fi
  settings=$(limited 2 apt-config dump APT::Periodic::Unattended-Upgrade 2>/dev/null </dev/null) && emit unattended "$settings" "$(command -v unattended-upgrade)"
elif has dnf; then emit manager dnf
elif has pacman; then emit manager pacman
elif has zypper; then emit manager zypper
elif has apk; then emit manager apk
fi
${END}`;
