import type { EventSeverity } from '#shared/domain/audit/event.ts';
import type { FieldSet } from '../field-set.ts';

const BEGIN = /^\s{0,8}(\S{1,64}) : (.{1,4096}? ; )??(?=(?:TTY|HOST|PWD|USER|GROUP|TSID|ENV|COMMAND)=)/s;

/**
 * Reads a line of sudo (sudoers(5), "Log format"): `who : [reason ;] TTY=… ; PWD=… ; USER=… ; COMMAND=…`. The command goes to the
 * end of the line, for it may contain ` ; `.
 */
export function putSudo(fields: FieldSet, message: string): EventSeverity | null {
  const begin = BEGIN.exec(message);
  if (begin === null) return null;
  const [all, who = '', reason] = begin;
  fields.putNew('SubjectUserName', who);
  if (reason !== undefined) fields.putNew('reason', reason.slice(0, -3));
  let rest = message.slice(all.length);
  for (let parts = 0; parts < 12 && rest !== ''; parts++) {
    const equals = rest.indexOf('=');
    if (equals < 0) break;
    const name = rest.slice(0, equals);
    const end = name === 'COMMAND' ? rest.length : rest.indexOf(' ; ', equals);
    const value = rest.slice(equals + 1, end < 0 ? rest.length : end);
    if (name === 'COMMAND') {
      fields.putNew('CommandLine', value);
      fields.putNew('Image', value.split(' ', 1)[0]);
    } else if (name === 'USER') fields.putNew('TargetUserName', value);
    else if (name === 'PWD') fields.putNew('CurrentDirectory', value);
    else if (/^[A-Z]{2,8}$/.test(name)) fields.putNew(name, value);
    if (end < 0 || name === 'COMMAND') break;
    rest = rest.slice(end + 3);
  }
  return reason === undefined ? null : 'warning';
}
