import { readFileSync } from 'node:fs';
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
}

const AUDIT_PROTOCOL = '9';

/**
 * Why the kernel has to go on making records when auditd goes: somebody else uses them, or asked for them at the start of the
 * machine. Null when nobody does; then the kernel had them switched off before auditd came (kernel parameter `audit`).
 */
export function whyAuditStays({ status, rules, netlink, commandLine }: AuditState): string | null {
  if (!/^enabled 1$/m.test(status)) return /^enabled 0$/m.test(status) ? 'is off already' : 'is locked';
  if (rules.trim() !== 'No rules') return 'stays on, for there are rules of others';
  if (/(?:^|\s)audit=(?!0|off)/.test(commandLine)) return 'stays on, as the start of the machine asks';
  const isRead = netlink
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(([, protocol, , groups]) => protocol === AUDIT_PROTOCOL && !/^0+$/.test(groups ?? ''));
  return isRead ? 'stays on, for another program reads its records' : null;
}

/**
 * Switches the kernel's records off, before auditd is removed: it leaves them on until the next start. Answers a sentence about it;
 * empty where it cannot be asked. A second time it does nothing.
 */
export function switchAuditOff(machine: Machine): string {
  if (findProgram(machine, 'auditctl') === null) return '';
  const said = (...args: string[]) =>
    runProgram(machine, { program: 'auditctl', arguments: args }).output.toString('utf8');
  const why = whyAuditStays({
    status: said('-s'),
    rules: said('-l'),
    netlink: readFileSync('/proc/net/netlink', 'latin1'),
    commandLine: readFileSync('/proc/cmdline', 'latin1'),
  });
  if (why !== null) return `The kernel’s switch for records ${why}.`;
  const end = runProgram(machine, { program: 'auditctl', arguments: ['-e', '0'] });
  return end.status === 0
    ? 'The kernel’s switch for records is off again.'
    : 'The kernel’s switch for records could not be set, and stays on until the next start.';
}
