/** Greatest number of bytes that is read of one file of doas or polkit. */
export const ELEVATION_LIMIT = 65_536;

/**
 * Rules of doas and polkit, which give other rights beside sudo. As root nothing is read that somebody else could have chosen: only
 * plain files of root, in folders of root or of polkit's own account, which nobody else may change. What packages install below /usr/share is not asked for.
 *
 * Records: `doas PATH CONTENT`, `polkit PATH CONTENT`; `doas-closed PATH`, `polkit-closed PATH` for what is there, or may be,
 * and was not read; `elevation-end`. Needs `sudo_owned` of `SUDOERS`.
 * Sources: doas.conf(5), polkit(8), pklocalauthority(8).
 */
export const ELEVATION = `rules_folder_owned() {
  # Debian gives the folder of polkit's rules to the account of polkit itself, which decides these things anyway.
  sudo_owned "$1" || { [ "$rules_tag" = polkit ] && [ -n "$(find "$1" -maxdepth 0 -user polkitd ! -perm /022 2>/dev/null)" ]; }
}
rules_in() { # TAG FOLDER PATTERN…
  rules_tag=$1; rules_folder=$2; shift 2
  if [ ! -d "$rules_folder" ]; then
    [ ! -e "$rules_folder" ] && known_missing "$rules_folder" || emit "$rules_tag-closed" "$rules_folder"
    return
  fi
  { [ -r "$rules_folder" ] && [ -x "$rules_folder" ] && rules_folder_owned "$rules_folder"; } || { emit "$rules_tag-closed" "$rules_folder"; return; }
  for rules_pattern in "$@"; do
    for rules_file in "$rules_folder"/$rules_pattern; do
      { [ -e "$rules_file" ] || [ -L "$rules_file" ]; } || continue
      rules_count=$((rules_count + 1)); [ "$rules_count" -le 64 ] || { emit "$rules_tag-closed" "$rules_folder"; return; }
      if [ -f "$rules_file" ] && [ ! -L "$rules_file" ] && [ -r "$rules_file" ] && sudo_owned "$rules_file"; then
        read_file / "\${rules_folder#/}" "\${rules_file##*/}" ${ELEVATION_LIMIT} | emit_content "$rules_tag" "$rules_file"
      else emit "$rules_tag-closed" "$rules_file"; fi
    done
  done
}
rules_count=0
rules_in doas /etc doas.conf
rules_in doas /usr/local/etc doas.conf
rules_in doas /etc/doas.d '*.conf'
rules_count=0
for folder in /etc/polkit-1/rules.d /run/polkit-1/rules.d /usr/local/share/polkit-1/rules.d; do rules_in polkit "$folder" '*.rules'; done
rules_in polkit /etc/polkit-1/localauthority.conf.d '*.conf'
for base in /etc/polkit-1/localauthority /var/lib/polkit-1/localauthority; do
  if [ -d "$base" ] && [ -r "$base" ] && [ -x "$base" ]; then
    for folder in "$base"/*.d; do
      # What packages put there is in the first of them (pklocalauthority(8)).
      case $folder in */10-vendor.d | *'*.d') ;; *) rules_in polkit "$folder" '*.pkla' ;; esac
    done
  elif [ -e "$base" ] || ! known_missing "$base"; then emit polkit-closed "$base"; fi
done
emit elevation-end
`;
