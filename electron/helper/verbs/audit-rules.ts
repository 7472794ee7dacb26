import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, needProgram, runProgram } from '../run/run-program.ts';

/** The rules that the kernel has now, as auditctl(8) lists them; the listing loads again. */
export function listAuditRules(machine: Machine): string {
  const { output } = mustRun(machine, { program: 'auditctl', arguments: ['-l'] });
  const text = output.toString('utf8').trim();
  return text === 'No rules' ? '' : text;
}

/** Refuses when the kernel takes no rules before the next boot (`-e 2`), or the tools are not there. */
export function needAudit(machine: Machine): void {
  needProgram(machine, 'auditctl');
  needProgram(machine, 'augenrules');
  const { output } = mustRun(machine, { program: 'auditctl', arguments: ['-s'] });
  if (/^enabled\s+2$/m.test(output.toString('utf8')))
    throw new Refused('immutable', 'The audit rules are locked until the next boot (-e 2).');
}

/** Loads what lies below /etc/audit/rules.d (augenrules(8)); answers its words. */
export function loadAuditFiles(machine: Machine): string {
  const end = mustRun(machine, { program: 'augenrules', arguments: ['--load'], timeoutMs: 60_000 });
  return `${end.output.toString('utf8')}${end.errors}`.trim();
}

/** Gives the kernel exactly these rules. `file` is a file of our own that holds them. */
export function restoreAuditRules(machine: Machine, file: string): void {
  mustRun(machine, { program: 'auditctl', arguments: ['-D'] });
  const end = runProgram(machine, { program: 'auditctl', arguments: ['-R', file], timeoutMs: 60_000 });
  if (end.status !== 0) throw new Refused('program-failed', `auditctl: ${end.errors.slice(0, 900)}`);
}
