/** One collector's part of a trip. */
export interface TripJob {
  /** POSIX sh, constant text and quoted values. */
  script: string;
  budgetMs: number;
  maxBytes: number;
  /** Nothing waits for its answer: what something waits for has the processors first. */
  yields?: boolean;
}

/**
 * Any text as one word of sh. Unlike `quote` it takes every character, because what it wraps is our own script; only NUL
 * cannot be written (and never is).
 */
function word(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * What every trip begins with. Each job's script reaches its shell over a pipe (never an argument that others could read
 * in /proc), its answer leaves as base64 in lines shorter than PIPE_BUF, so that lines of parallel jobs never mix
 * (pipe(7)) whatever bytes they hold; the final `cat` makes sure that it is a pipe they write to. What is too long ends with the
 * line in which it becomes so, and the job with it (SIGPIPE). Few jobs say anything on standard error: for those that do not,
 * nothing is started to carry it.
 *
 * `stop` ends all that the run started: the members of its session when it leads one (or its parent sudo does), else its
 * descendants. Only the first line of stat is read, and only up to the last `)`: a process that calls itself
 * `x) S 1 1 1` can thereby do harm to nobody but itself.
 */
const LIBRARY = `
LC_ALL=C; LANG=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL LANG PATH
unset ENV BASH_ENV CDPATH GREP_OPTIONS POSIXLY_CORRECT LD_PRELOAD LD_LIBRARY_PATH
umask 077
cd /
ulimit -c 0 2>/dev/null
ulimit -v 8388608 2>/dev/null
bounded() { shift; "$@"; }
gently() { bounded "$@"; }
if command -v timeout >/dev/null 2>&1; then
  bounded() { timeout -k 1 "$@"; }
  command -v nice >/dev/null 2>&1 && gently() { nice -n 10 timeout -k 1 "$@"; }
fi
frames() { base64 -w 3000 | awk -v "head=$nonce $1 " '{ print head $0; fflush() }'; }
job() {
  {
    {
      printf '%s\\n' "$4" | {
        exec 3<&0 </dev/null; $5 "$2" /bin/sh /dev/fd/3 9>&-
        printf '%s %s exit %s\\n' "$nonce" "$1" "$?" >&9
      } 2>&1 >&8 8>&- | { ulimit -v 131072; if IFS= read -r line || [ -n "$line" ]; then { printf '%s\\n' "$line"; cat; } | head -c 65536 9>&- | frames "$1 e"; fi; } 2>/dev/null
    } 8>&1 >&9 | base64 -w 3000 9>&- | awk -v "head=$nonce $1 o " -v "most=$3" '{ print head $0; fflush(); sent += length($0) } sent * 3 > most * 4 { exit }'
  } 9>&1
  printf '%s %s end\\n' "$nonce" "$1"
}
stop() {
  trap '' HUP INT TERM PIPE
  session=-1
  if read -r line < "/proc/$$/stat"; then
    set -- \${line##*) }
    [ "$4" = "$$" ] || [ "$4" = "$PPID" ] && session=$4
  fi
  round=0
  while [ "$round" -lt 8 ]; do
    round=$((round + 1))
    mine=" $$ "; victims=
    for entry in /proc/[0-9]*/stat; do
      read -r line 2>/dev/null < "$entry" || continue
      pid=\${entry#/proc/}; pid=\${pid%/stat}
      set -- \${line##*) }
      case $pid in $$ | $PPID) continue ;; esac
      [ "$1" = Z ] && continue
      if [ "$4" = "$session" ]; then victims="$victims $pid"; mine="$mine$pid "; continue; fi
      case $mine in *" $2 "*) victims="$victims $pid"; mine="$mine$pid " ;; esac
    done 2>/dev/null
    [ -n "$victims" ] || return 0
    kill -KILL $victims 2>/dev/null
  done
}
`;

/**
 * The whole script of one trip. Dialogue over its standard input: it says `hello`, waits for `go`, answers with its
 * `clock`, runs all jobs in parallel, says `done`, and waits for `ok`. When the input ends before that (a cancelled look,
 * a console that died, a connection that broke) it ends everything that it started.
 *
 * The functions come first and the call last: a script that arrives only in part does nothing.
 * @param nonce `[0-9a-f]+`, random for each run: no output of a job can pose as a frame
 */
export function tripScript(nonce: string, jobs: readonly TripJob[]): string {
  const calls = jobs.map((job, index) => {
    const seconds = Math.max(1, Math.ceil(job.budgetMs / 1_000));
    // One byte more than allowed is let through, to tell an answer that was cut from one that just fits.
    return `  job ${index} ${seconds} ${job.maxBytes + 1} ${word(job.script)} ${job.yields ? 'gently' : 'bounded'} &`;
  });
  return `nonce=${nonce}
${LIBRARY}
jobs_in_parallel() {
${calls.join('\n')}
  wait
  printf '%s - done\\n' "$nonce"
}
main() {
  for tool in base64 awk head date id; do
    command -v "$tool" >/dev/null 2>&1 || { printf '%s - lacks %s\\n' "$nonce" "$tool"; exit 3; }
  done
  node_uid=$(id -u); export node_uid
  printf '%s - hello %s %s\\n' "$nonce" "$node_uid" "$1"
  order=
  while [ "$order" != go ]; do read -r order || exit 0; done
  trap 'stop; exit 1' HUP INT TERM
  printf '%s - clock %s\\n' "$nonce" "$(date +%s%N)"
  { jobs_in_parallel | cat; } </dev/null &
  while [ "$order" != ok ]; do read -r order || { stop; exit 1; }; done
  exit 0
}
main "\${1:-self}"
`;
}
