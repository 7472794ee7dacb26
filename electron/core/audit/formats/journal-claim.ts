/**
 * Programs that say who came in and what was done as root, by the names that they give to journald, and how their files are called. All of
 * them are still there when journald looks whose entry it is.
 */
const VOUCHED: ReadonlyMap<string, string> = new Map([
  ['sshd', 'sshd'],
  ['sshd-session', 'sshd'],
  ['sshd-auth', 'sshd'],
  ['sudo', 'sudo'],
  ['su', 'su'],
  ['login', 'login'],
  ['systemd', 'systemd'],
  ['systemd-logind', 'systemd-logind'],
  ['polkitd', 'polkitd'],
  ['cron', 'cron'],
  ['crond', 'cron'],
]);

/** Where programs lie that only the system's administrator puts there (file-hierarchy(7); the stores of NixOS and Guix). */
const OF_THE_SYSTEM = /^\/(?:usr|bin|sbin|lib|lib64|opt|snap|nix\/store|gnu\/store|run\/wrappers)\//;

/**
 * Whether an entry of the journal only claims to be of a program whose word counts. Any account may write to /dev/log under any name
 * and facility; `_UID` and `_EXE` are journald's own (systemd.journal-fields(7), "Trusted Journal Fields"), and `_EXE` is missing where the
 * sender was gone already. What root writes is believed.
 * @param program as the entry calls it
 * @param uid `_UID`; null when the entry has none, as in an export of a few fields: then nothing is known
 * @param executable `_EXE`, a path
 */
export function isClaimedOnly(program: string, uid: string | null, executable: string | null): boolean {
  const file = VOUCHED.get(program.toLowerCase().replace(/^\((.*)\)$/, '$1'));
  if (file === undefined || uid === null || uid === '0') return false;
  if (executable === null || !OF_THE_SYSTEM.test(executable) || executable.includes('/../')) return true;
  const name = executable.slice(executable.lastIndexOf('/') + 1).replace(/^\.(.*)-wrapped/, '$1');
  return !(name === file || name.startsWith(`${file} `) || name.startsWith(`${file}-`));
}
