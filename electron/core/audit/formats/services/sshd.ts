import type { EventSeverity } from '#shared/domain/audit/event.ts';
import type { FieldSet } from '../field-set.ts';

/** The last ` from A port N` of a line: a name of an account may contain one too, and stands before it. */
const FROM = /^(.*) from (\S{1,64}) port (\d{1,5})((?: ssh2)?(?:: .*)?(?: \[preauth\])?)$/s;
const CLOSED =
  /^(?:Connection (?:closed|reset) by|Disconnected from) (?:(invalid user|authenticating user|user) (.*) )?(\S{1,64}) port (\d{1,5})(?: \[preauth\])?$/s;
const LOGIN = /^(Accepted|Failed|Postponed|Partial) (\S{1,64}) for (invalid user )?(.*)$/s;

/**
 * Reads what sshd says of a login (auth.c and packet.c of OpenSSH): who, from where, how, and whether it worked.
 * @returns how bad it is; null when the line ranks itself no further
 */
export function putSshd(fields: FieldSet, message: string): EventSeverity | null {
  const closed = CLOSED.exec(message);
  if (closed !== null) {
    const [, whom, user, ip, port] = closed;
    fields.putNew('SourceIp', ip);
    fields.putNew('SourcePort', Number(port));
    fields.putNew('User', user);
    fields.putNew('action', 'closed');
    if (whom === 'invalid user') fields.putNew('unknown_user', true);
    return null;
  }
  const from = FROM.exec(message);
  if (from === null) return null;
  const [, head = '', ip = '', port = ''] = from;
  fields.putNew('SourceIp', ip);
  fields.putNew('SourcePort', Number(port));
  const login = LOGIN.exec(head);
  if (login !== null) {
    const [, outcome = '', method = '', invalid, user = ''] = login;
    fields.putNew('User', user);
    fields.putNew('method', method);
    fields.putNew(
      'action',
      outcome === 'Accepted' ? 'login' : outcome === 'Failed' ? 'login_failed' : 'login_step',
    );
    if (invalid !== undefined) fields.putNew('unknown_user', true);
    return outcome === 'Failed' ? 'warning' : null;
  }
  if (!head.startsWith('Invalid user ')) return null;
  fields.putNew('User', head.slice('Invalid user '.length));
  fields.putNew('action', 'unknown_user');
  return null;
}
