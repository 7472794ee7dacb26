import { HELPER_PROGRAM, programForClass } from '#shared/domain/helper/installation.ts';
import { riskClassOf } from '#shared/domain/helper/risk-class.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';

export type HelperWay = Exclude<HelperAccess['via'], 'none'>;

/**
 * The argument vector that starts the helper for a request. Every word is a constant without characters that a shell reads,
 * but for the empty prompt, so that joined by spaces it is the same command line for the login shell of a node. No setting,
 * fact or answer ever chooses what is started as root.
 *
 * sudo(8): `-k` with a command ignores a password that sudo still remembers: otherwise it would not read the line meant
 * for it, and the helper would get it. pkexec is given the program of the risk class, for it asks by program.
 */
export function helperCommand(way: HelperWay, request: HelperRequest): readonly string[] {
  switch (way) {
    case 'root':
      return [HELPER_PROGRAM];
    case 'sudo':
      return ['sudo', '-n', '--', HELPER_PROGRAM];
    case 'sudo-password':
      return ['sudo', '-k', '-S', '-p', '', '--', HELPER_PROGRAM];
    case 'pkexec':
      return ['pkexec', '--disable-internal-agent', programForClass(riskClassOf(request))];
  }
}

/** Asks sudo whether it takes the password, once: `-S` would read the request as a second try after a wrong one. */
export const PASSWORD_TRIAL: readonly string[] = ['sudo', '-k', '-S', '-v', '-p', ''];

/** @returns the line that `sudo -S` reads; null for what cannot be one line of a password */
export function sudoLine(given: string | null): string | null {
  return given === null || given === '' || /[\n\r\0]/.test(given) ? null : `${given}\n`;
}

/**
 * @param words constants of ours, and paths, modes and hashes that were validated; never text of a node
 * @returns an argument vector as a line for a remote login shell; any shell reads it alike
 */
export function remoteLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Finds out which ways there are. It prints one line per thing seen; the helper's own `hello` behind `plain` (as this
 * account), `root` or `sudo`. It tries the very command that is needed, for `sudo -l` would ask about the account.
 */
export const ACCESS_SCRIPT = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
helper=${HELPER_PROGRAM}
hello='{"version":1,"ask":"hello"}'
id=$(id -u)
printf 'swarmkeep uid %s\\n' "$id"
[ -e "$helper" ] || [ -d \${helper%/*} ] && printf 'swarmkeep installed\\n'
command -v sudo >/dev/null 2>&1 && printf 'swarmkeep sudo-there\\n'
command -v pkexec >/dev/null 2>&1 && printf 'swarmkeep pkexec-there\\n'
say() { printf 'swarmkeep %s ' "$1"; head -c 4096 | tr -d '\\n'; printf '\\n'; }
[ -e "$helper" ] || exit 0
if [ "$id" -eq 0 ]; then printf '%s\\n' "$hello" | "$helper" 2>/dev/null | say root; exit 0; fi
found=
if command -v sudo >/dev/null 2>&1; then
  found=$(printf '%s\\n' "$hello" | timeout -k 1 60 sudo -n -- "$helper" 2>/dev/null | head -c 4096 | tr -d '\\n')
  printf 'swarmkeep sudo %s\\n' "$found"
fi
[ -n "$found" ] || printf '%s\\n' "$hello" | "$helper" 2>/dev/null | say plain
exit 0
`;

/** Finds out whether and how this account may do anything as root, and what kind of machine it is: for placing the helper. */
export const ROOT_SCRIPT = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
printf 'swarmkeep uid %s\\n' "$(id -u)"
printf 'swarmkeep user %s\\n' "$(id -un)"
printf 'swarmkeep machine %s\\n' "$(uname -m)"
[ -d /run/systemd/system ] && printf 'swarmkeep systemd\\n'
[ -d /usr/share/polkit-1/actions ] && printf 'swarmkeep polkit\\n'
command -v sudo >/dev/null 2>&1 || exit 0
printf 'swarmkeep sudo-there\\n'
timeout -k 1 60 sudo -n -- sh -c : </dev/null >/dev/null 2>&1 && printf 'swarmkeep sudo-free\\n'
exit 0
`;
