import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { findProgram, runProgram } from '../run/run-program.ts';

/** What is known of the kernel's audit system, as text. */
export interface AuditState {
  /** `auditctl -s` (auditctl(8)). */
  status: string;
  /** `auditctl -l`. */
  rules: string;
  /** /proc/net/netlink; protocol 9 is NETLINK_AUDIT (netlink(7)). */
  netlink: string;
  /** /proc/cmdline. */
  commandLine: string;
  /** Settings of the journal, file after file as they count (journald.conf(5)). */
  journal: string;
  /** Debian and its kin build a journal that leaves the switch alone; elsewhere it switches records on where nothing is set. */
  isDebian: boolean;
}

const AUDIT_PROTOCOL = '9';
/** The socket of the journal is held by systemd and listens whether the journal wants records or not. */
const SYSTEMD = '1';

function journalWants({ journal, isDebian }: AuditState): boolean {
  const said = [...journal.matchAll(/^\s*Audit\s*=\s*(\S*)/gm)].at(-1)?.[1]?.toLowerCase();
  return said === undefined || said === '' ? !isDebian : ['1', 'yes', 'y', 'true', 't', 'on'].includes(said);
}

/**
 * Why the kernel has to go on making records when auditd goes: somebody else uses them, or asked for them at the start of the
 * machine. Null when nobody does; then the kernel had them switched off before auditd came (kernel parameter `audit`).
 */
export function whyAuditStays(state: AuditState): string | null {
  const { status, rules, netlink, commandLine } = state;
  if (!/^enabled 1$/m.test(status)) return /^enabled 0$/m.test(status) ? 'is off already' : 'is locked';
  if (rules.trim() !== 'No rules') return 'stays on, for there are rules of others';
  if (/(?:^|\s)audit=(?!0|off)/.test(commandLine)) return 'stays on, as the start of the machine asks';
  const isRead = netlink
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([, protocol, port, groups]) =>
        protocol === AUDIT_PROTOCOL &&
        !/^0+$/.test(groups ?? '') &&
        (port !== SYSTEMD || journalWants(state)),
    );
  return isRead ? 'stays on, for another program reads its records' : null;
}

const JOURNAL_FOLDERS = ['/usr/local/lib', '/usr/lib', '/run', '/etc'];
const MOST_FILES = 64;

/** What files say of the journal, main file first: of one name in several folders all are read, which errs on the side of a need. */
function journalSettings(): string {
  const files = JOURNAL_FOLDERS.flatMap((folder) => {
    const beside = `${folder}/systemd/journald.conf.d`;
    const names = existsSync(beside) ? readdirSync(beside).filter((name) => name.endsWith('.conf')) : [];
    return [`${folder}/systemd/journald.conf`, ...names.toSorted().map((name) => `${beside}/${name}`)];
  });
  return files
    .slice(0, MOST_FILES)
    .map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : ''))
    .join('\n');
}

/**
 * Switches the kernel's records off, before auditd is removed: it leaves them on until the next start. Answers a sentence about it;
 * empty where it cannot be asked. A second time it does nothing.
 */
export function switchAuditOff(machine: Machine, isDebian: boolean): string {
  if (findProgram(machine, 'auditctl') === null) return '';
  const said = (...args: string[]) =>
    runProgram(machine, { program: 'auditctl', arguments: args }).output.toString('utf8');
  const why = whyAuditStays({
    status: said('-s'),
    rules: said('-l'),
    netlink: readFileSync('/proc/net/netlink', 'latin1'),
    commandLine: readFileSync('/proc/cmdline', 'latin1'),
    journal: journalSettings(),
    isDebian,
  });
  if (why !== null) return `The kernel’s switch for records ${why}.`;
  const end = runProgram(machine, { program: 'auditctl', arguments: ['-e', '0'] });
  return end.status === 0
    ? 'The kernel’s switch for records is off again.'
    : 'The kernel’s switch for records could not be set, and stays on until the next start.';
}
