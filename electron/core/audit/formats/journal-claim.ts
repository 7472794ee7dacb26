/** A program that says who came in and what was done as root, by the name that it gives to journald. */
interface Vouched {
  /** How its file is called. */
  file: string;
  /** Units of the system in which it runs (`_SYSTEMD_UNIT`); null for what people start themselves, which is setuid. */
  units: RegExp | null;
}

const SSHD: Vouched = { file: 'sshd', units: /^(?:sshd?|sshd-[a-z-]+|openssh-server)(?:@.*)?\.service$/s };
const CRON: Vouched = { file: 'cron', units: /^(?:cron|crond|cronie)\.service$/ };

const VOUCHED: ReadonlyMap<string, Vouched> = new Map([
  ['sshd', SSHD],
  ['sshd-session', SSHD],
  ['sshd-auth', SSHD],
  ['sudo', { file: 'sudo', units: null }],
  ['su', { file: 'su', units: null }],
  ['login', { file: 'login', units: /^(?:[a-z]+-)?getty@.*\.service$|^console-getty\.service$/s }],
  // What is no system's own is the manager of an account, for what that account may say.
  ['systemd', { file: 'systemd', units: /^user@\d+\.service$/ }],
  ['systemd-logind', { file: 'systemd-logind', units: /^systemd-logind\.service$/ }],
  ['polkitd', { file: 'polkitd', units: /^polkit(?:d)?\.service$/ }],
  ['cron', CRON],
  ['crond', CRON],
]);

/** Where programs lie that only the system's administrator puts there (file-hierarchy(7); the stores of NixOS and Guix). */
const OF_THE_SYSTEM = /^\/(?:usr|bin|sbin|lib|lib64|opt|snap|nix\/store|gnu\/store|run\/wrappers)\//;

/** What sshd says as the account that was logged in, right before that process ends: journald may look for it too late. */
const LAST_WORDS =
  /^(?:Received disconnect from|Disconnected from|Connection (?:closed|reset) by|Close session) /;

/** Where people start programs: sessions of logind and managers of accounts (systemd.special(7), pam_systemd(8)). */
const OF_PEOPLE = /^session-[A-Za-z0-9]+\.scope$|^user@\d+\.service$/;

/** What journald itself knows of who sent an entry, as the entry has it; null for what it has not. */
export interface JournalSender {
  /** `_UID`; null as in an export of a few fields: then nothing is known. */
  uid: string | null;
  /** `_EXE`, a path. */
  executable: string | null;
  /** `_SYSTEMD_UNIT`. */
  unit: string | null;
}

/**
 * Whose an entry of the journal is that bears the name of a program whose word counts. Any account may write to `/dev/log`, to the
 * journal's own socket and to that for standard output, under any name and facility. Of the fields that only journald writes
 * (systemd.journal-fields(7), "Trusted Journal Fields") these say the following, on each of the three ways:
 *
 * - `_UID` comes with the message from the kernel (unix(7), SCM_CREDENTIALS). What root writes is believed.
 * - `_EXE` is looked up afterwards by the process id, and is missing where that is gone. The sender may have become another program by then,
 *   or may have mounted its own file over that of another one in a namespace of its own. Another name proves that the entry is not of that
 *   program; the right name proves nothing.
 * - `_SYSTEMD_UNIT` is looked up then too, but out of its control group no process of an ordinary account gets into that of a service of the
 *   system (cgroups(7), "Delegation").
 *
 * @param program as the entry calls it
 * @returns `own`: it is of that program, or of none of these. `another`: surely of another program. `unproven`: nobody can tell, as
 *   for what sshd says as the account that is logged in. `unnamed`: the same of what any account may start, as sudo by a service: that
 *   somebody asked may be read, and who that was is `_UID`, whatever name stands there
 */
export function senderOf(
  program: string,
  message: string,
  { uid, executable, unit }: JournalSender,
): 'own' | 'another' | 'unproven' | 'unnamed' {
  const vouched = VOUCHED.get(program.toLowerCase().replace(/^\((.*)\)$/, '$1'));
  if (vouched === undefined || uid === null || uid === '0') return 'own';
  const { file, units } = vouched;
  if (executable === null) return file === 'sshd' && LAST_WORDS.test(message) ? 'unproven' : 'another';
  if (!isFileOf(file, executable)) return 'another';
  const placed = unit !== null && (units ?? OF_PEOPLE).test(unit);
  const ofSomebodyElse = unit?.startsWith('user@') === true && unit !== `user@${uid}.service`;
  if (placed && !ofSomebodyElse) return 'own';
  return units === null ? 'unnamed' : 'unproven';
}

/** Whether a path is that of a program of the system: also while it is being replaced, and wrapped as NixOS does. */
function isFileOf(file: string, path: string): boolean {
  if (!OF_THE_SYSTEM.test(path) || path.includes('/../')) return false;
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.(.*)-wrapped/, '$1');
  return name === file || name.startsWith(`${file} `) || name.startsWith(`${file}-`);
}
