import type { AuditRecord, EventSeverity, LogSource } from '#shared/domain/audit/event.ts';
import type { FieldSet } from '../field-set.ts';
import type { ParseContext } from '../format.ts';
import { putMycoswarm } from '../mycoswarm/message.ts';
import { LOG_SOURCES } from '../record.ts';
import { putPacket } from './netfilter.ts';
import { putSshd } from './sshd.ts';
import { putSudo } from './sudo.ts';

/** What a program's message turned out to be. */
export interface Understood {
  logsource: LogSource;
  /** Null: says nothing of its own. */
  severity: EventSeverity | null;
  /** The message without what only carried it. */
  message: string;
  /** What it says besides, as records of their own. */
  derived?: readonly AuditRecord[];
}

const BY_PROGRAM: ReadonlyMap<string, LogSource> = new Map([
  ['su', LOG_SOURCES.auth],
  ['login', LOG_SOURCES.auth],
  ['polkitd', LOG_SOURCES.auth],
  ['pkexec', LOG_SOURCES.auth],
  ['useradd', LOG_SOURCES.auth],
  ['usermod', LOG_SOURCES.auth],
  ['groupadd', LOG_SOURCES.auth],
  ['passwd', LOG_SOURCES.auth],
  ['chpasswd', LOG_SOURCES.auth],
  ['systemd-logind', LOG_SOURCES.auth],
  ['cron', LOG_SOURCES.cron],
  ['crond', LOG_SOURCES.cron],
  ['crontab', LOG_SOURCES.cron],
  ['clamd', LOG_SOURCES.clamav],
  ['freshclam', LOG_SOURCES.clamav],
  ['guacd', LOG_SOURCES.guacamole],
  ['vsftpd', LOG_SOURCES.vsftpd],
  ['systemd', LOG_SOURCES.systemd],
]);

const UNIT = /^(?:Started|Stopped|Starting|Stopping|Failed to start|Reloaded) (\S{1,200}?\.[a-z]{4,9})\b/;
const UNIT_EXIT =
  /^(\S{1,200}?\.service): (Main process exited|Failed with result|Scheduled restart job|Deactivated)/;

/** Names the unit that systemd speaks of, and what became of it. */
function putSystemd(fields: FieldSet, message: string): EventSeverity | null {
  const told = UNIT_EXIT.exec(message);
  if (told !== null) {
    fields.putNew('unit', told[1]);
    const what = told[2] ?? '';
    const action = what.startsWith('Main')
      ? 'exited'
      : what.startsWith('Failed')
        ? 'failed'
        : what.startsWith('Sch')
          ? 'restarts'
          : 'stopped';
    fields.putNew('action', action);
    return action === 'failed' ? 'warning' : null;
  }
  const unit = UNIT.exec(message)?.[1];
  if (unit !== undefined) {
    fields.putNew('unit', unit);
    fields.putNew('action', (message.split(' ', 1)[0] ?? '').toLowerCase());
  }
  return message.startsWith('Failed to start') ? 'error' : null;
}

/**
 * Reads what a program wrote through syslog, the journal or a container, by the program's name.
 * @param program as the log names it (`sshd`, `kernel`, `mycoswarm`); a log line can claim any name
 * @param fields what is found is added here
 */
export function understand(
  program: string,
  message: string,
  fields: FieldSet,
  context: ParseContext,
): Understood {
  const name = program.startsWith('(') ? program.slice(1, -1).toLowerCase() : program.toLowerCase();
  if (name === 'sshd' || name === 'sshd-session' || name === 'sshd-auth')
    return { logsource: LOG_SOURCES.sshd, severity: putSshd(fields, message), message };
  if (name === 'sudo') return { logsource: LOG_SOURCES.sudo, severity: putSudo(fields, message), message };
  if (name === 'kernel') {
    if (putPacket(fields, message)) return { logsource: LOG_SOURCES.nftables, severity: null, message };
    return { logsource: LOG_SOURCES.syslog, severity: null, message };
  }
  if (name === 'mycoswarm' || name === 'mycoswarm-dashboard') return putMycoswarm(fields, message, context);
  if (name === 'systemd')
    return { logsource: LOG_SOURCES.systemd, severity: putSystemd(fields, message), message };
  return { logsource: BY_PROGRAM.get(name) ?? LOG_SOURCES.syslog, severity: null, message };
}
