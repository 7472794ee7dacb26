import { PRELUDE } from '#core/facts/script/prelude.ts';

/** Bytes of one piece of evidence that are taken at most; of a log it is the end, of everything else the beginning. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * How a job gives pieces of evidence, which may hold any bytes: `NUL edge + origin NUL content NUL edge = status sha256 NUL`, and
 * `NUL edge - why origin NUL` for one that cannot be had. The edge is 128 random bits of this run that nothing on the node knew when it was
 * written, and the hash, computed on the node of what it sent, says where a piece truly ended. Nothing is written on the node.
 *
 * - `piece BYTES SECONDS ORIGIN PROGRAM…`: what a program prints, ended by KILL when its time is over.
 * - `made BYTES ORIGIN FUNCTION…`: the same for a function of ours, which the time of the job ends.
 * - `file BASE REST NAME BYTES`: a regular file, reached through no link below BASE, from its beginning; `end_of` its last bytes.
 * - `files BASE REST DEPTH COUNT BYTES`: the files of a folder and what is in it; names with a line end in them are only told.
 */
const PIECES = `
absent() { printf '\\000%s-%s %s\\000' "$edge" "$1" "$2"; }
begin() { printf '\\000%s+%s\\000' "$edge" "$1"; }
finish() { # STATUS SHA256
  printf '\\000%s=%s %s\\000' "$edge" "$1" "$2"
}
taken() { # BYTES COMMAND…
  taken_most=$1; shift
  {
    taken_sum=$( { { "$@" </dev/null 2>/dev/null; printf '%s\\n' "$?" >&7; } | head -c "$taken_most" | tee /dev/fd/9 | sha256sum; } 7>&1 )
  } 9>&1
  taken_status=\${taken_sum%%
*}
  taken_sum=\${taken_sum#*
}
  finish "$taken_status" "\${taken_sum%% *}"
}
piece() { # BYTES SECONDS ORIGIN PROGRAM…
  piece_bytes=$1; piece_seconds=$2; piece_origin=$3; shift 3
  if ! has "$1"; then absent not-there "$piece_origin"; return; fi
  begin "$piece_origin"; taken "$piece_bytes" limit "$piece_seconds" "$@"
}
made() { # BYTES ORIGIN FUNCTION…
  made_bytes=$1; begin "$2"; shift 2; taken "$made_bytes" "$@"
}
tail_here() { # NAME BYTES: the end of a file of this folder
  [ -f "./$1" ] && [ ! -L "./$1" ] || return 5
  tail_size=$(stat -c %s -- "./$1") || return 5
  tail_skip=$((tail_size > $2 ? tail_size - $2 : 0))
  dd if="./$1" bs=65536 skip="$tail_skip" count="$2" iflag=nofollow,nonblock,noctty,count_bytes,skip_bytes,fullblock 2>/dev/null
}
one_file() { # HOW BASE REST NAME BYTES
  file_path="\${2%/}/\${3:+$3/}$4"
  ( enter "$2" "$3"; file_in=$?
    [ "$file_in" != 4 ] || { absent link "$file_path"; exit 0; }
    if [ "$file_in" != 0 ]; then known_missing "\${2%/}/$3" && absent not-there "$file_path" || absent not-allowed "$file_path"; exit 0; fi
    if [ -L "./$4" ]; then absent link "$file_path -> $(readlink "./$4")"; exit 0; fi
    [ -e "./$4" ] || { absent not-there "$file_path"; exit 0; }
    [ -f "./$4" ] || { absent no-file "$file_path"; exit 0; }
    [ -r "./$4" ] || { absent not-allowed "$file_path"; exit 0; }
    begin "$file_path"; taken "$5" "$1" "$4" "$5"
  ) </dev/null
}
file() { one_file read_here "$@"; }
end_of() { one_file tail_here "$@"; }
files() { # BASE REST DEPTH COUNT BYTES
  files_path="\${1%/}\${2:+/$2}"
  ( enter "$1" "$2"; files_in=$?
    [ "$files_in" != 4 ] || { absent link "$files_path"; exit 0; }
    if [ "$files_in" != 0 ]; then known_missing "$files_path" && [ ! -e "$files_path" ] || absent not-allowed "$files_path"; exit 0; fi
    files_base=$(pwd -P)
    find . -xdev -maxdepth "$3" -type f -print0 2>/dev/null | head -z -n "$4" | tr '\\n\\000' '\\001\\n' | while IFS= read -r found; do
      found=\${found#./}; case $found in */*) below=\${found%/*} ;; *) below= ;; esac
      case $found in *"$line_end"*) absent odd-name "$files_path/$found"; continue ;; esac
      file "$files_base" "$below" "\${found##*/}" "$5"
    done ) </dev/null
}
line_end=$(printf '\\001')
agent_pids() { # UID…: their processes
  for agent in /proc/[0-9]*; do
    owner=$(stat -c %u "$agent" 2>/dev/null) || continue
    for uid do [ "$owner" != "$uid" ] || printf '%s ' "\${agent#/proc/}"; done
  done
}
`;

/** The last line of every job: without it, what it had to say is not whole. */
const OVER = `printf '\\000%s!\\000' "$edge"
`;

/**
 * @param edge 32 hex digits, random for this run
 * @param body calls of the functions above: constant text and quoted words
 * @returns the script of one job
 */
export function evidenceScript(edge: string, body: string): string {
  // One byte more than wanted tells that there was more.
  return `edge=${edge}\nmost=${PIECE_BYTES + 1}\n${PRELUDE}${PIECES}has sha256sum && has tee && has find || { absent no-tools 'sha256sum, tee, find'; exit 0; }\n${body}${OVER}`;
}
