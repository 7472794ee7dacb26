/**
 * Where sshd looks for keys besides `.ssh/authorized_keys`, and the keys there: every AuthorizedKeysFile of the settings and
 * what they include, also those of a Match block, for every account. A file to which a link leads is not read.
 * Needs `passwd`, `newline` and `count_keys`. Records: `keys-of ACCOUNT NUMBER|closed`, `keys-unknown WHAT` where a program or
 * an authority decides, or settings could not be read. Source: sshd_config(5), "TOKENS".
 */
export const KEYS = `key_settings() (
  head -c 262144 -- "$1" 2>/dev/null | awk '
    /^[ \\t]*#/ { next }
    { key = $0; sub(/^[ \\t]+/, "", key); value = key; sub(/[ \\t=].*$/, "", key); key = tolower(key)
      sub(/^[^ \\t=]+[ \\t=]+/, "", value); sub(/[ \\t\\r]+$/, "", value) }
    key == "include" || key == "authorizedkeysfile" {
      count = split(value, words, /[ \\t]+/)
      for (i = 1; i <= count && i <= 32; i++) {
        word = words[i]
        if (word ~ /^#/) break
        if (word ~ /^".*"$/) word = substr(word, 2, length(word) - 2)
        if (word ~ /["\\\\]/) print "unknown", "an odd name in the settings of sshd"; else print (key == "include" ? key : "file"), word
      }
    }
    (key == "authorizedkeyscommand" || key == "trustedusercakeys") && tolower(value) != "none" { print "unknown", key }
    END { print "all" }'
)
key_queue=; key_patterns=; key_unknown=; key_count=0
[ -e /etc/ssh/sshd_config ] && key_queue=/etc/ssh/sshd_config
while [ -n "$key_queue" ]; do
  place=\${key_queue%%"$newline"*}
  case $key_queue in *"$newline"*) key_queue=\${key_queue#*"$newline"} ;; *) key_queue= ;; esac
  [ -e "$place" ] || [ -L "$place" ] || continue
  key_count=$((key_count + 1))
  if [ ! -f "$place" ] || [ ! -r "$place" ] || [ "$key_count" -gt 64 ]; then key_unknown="settings in $place"; continue; fi
  settings=$(key_settings "$place")
  case $newline$settings in *"\${newline}all") ;; *) key_unknown="settings in $place" ;; esac
  IFS=$newline; set -f; set -- $settings; set +f
  for line in "$@"; do
    word=\${line#* }
    case $line in
      all) ;;
      'include '*)
        case $word in /*) ;; *) word=/etc/ssh/$word ;; esac
        if [ -d "\${word%/*}" ] && [ ! -r "\${word%/*}" ]; then key_unknown="settings in \${word%/*}"; fi
        for found in $word; do key_queue=\${key_queue:+$key_queue$newline}$found; done ;;
      'file '*)
        case $word in none | .ssh/authorized_keys | .ssh/authorized_keys2 | %h/.ssh/authorized_keys | %h/.ssh/authorized_keys2) ;;
          *) case " $key_patterns " in *" $word "*) ;; *) key_patterns="$key_patterns $word" ;; esac ;; esac ;;
      *) key_unknown=$word ;;
    esac
  done
  unset IFS
done
[ -z "$key_unknown" ] || emit keys-unknown "$key_unknown"
if [ -n "$key_patterns" ]; then
  printf '%s\\n' "$passwd" | key_patterns=$key_patterns awk -F: '
    BEGIN { count = split(ENVIRON["key_patterns"], patterns, " ") }
    { for (i = 1; i <= count && i <= 16; i++) {
        rest = patterns[i]; path = ""
        while ((at = index(rest, "%")) > 0) {
          token = substr(rest, at + 1, 1)
          path = path substr(rest, 1, at - 1)
          if (token == "u") path = path $1; else if (token == "h") path = path $6; else if (token == "U") path = path $3; else if (token == "%") path = path "%"; else path = path "/?unknown?/"
          rest = substr(rest, at + 2)
        }
        path = path rest
        if (path !~ /^\\//) path = $6 "/" path
        print $1 ":" path
      }
      if (count > 16) print $1 ":/?unknown?/" }' | while IFS=: read -r user path; do
    folder=\${path%/*}
    case $path in
      *'?unknown?'*) counted=closed ;;
      *) count_keys / "\${folder#/}" "\${path##*/}" ;;
    esac
    [ "$counted" = 0 ] || emit keys-of "$user" "$counted"
  done
fi
`;
