import type { FieldValue, LogSource } from '#shared/domain/audit/event.ts';
import type { FieldSet } from './field-set.ts';

/** The field that says what became of what an event tells of, whatever log it is from. */
export const OUTCOME_FIELD = 'Outcome';

/**
 * `allowed`: it was done, or let through. `stopped`: a rule, a permission or a sandbox forbade it. `refused`: who was asked said no. `failed`: it
 * was tried and came to nothing, a login most of all.
 */
export type Outcome = 'allowed' | 'stopped' | 'refused' | 'failed';

/** errno(3): what forbids. */
const FORBIDDEN = new Set<FieldValue>([-1, -13]);
const REFUSED = -111;
/** It goes on, or is begun again: not ended yet (EINTR, EAGAIN, EINPROGRESS, EALREADY, and what only the kernel sees). */
const UNDER_WAY = new Set<FieldValue>([-4, -11, -114, -115, -512, -513, -514, -516]);

function ofCall(success: FieldValue, exit: FieldValue | undefined): Outcome | null {
  if (success === 'yes') return 'allowed';
  if (success !== 'no') return null;
  if (typeof exit === 'string') return /^(?:EPERM|EACCES)\b/.test(exit) ? 'stopped' : 'failed';
  if (exit === undefined || FORBIDDEN.has(exit)) return exit === undefined ? 'failed' : 'stopped';
  if (UNDER_WAY.has(exit)) return null;
  return exit === REFUSED ? 'refused' : 'failed';
}

function ofAudit(fields: FieldSet): Outcome | null {
  const success = fields.get('success');
  if (success !== undefined) return ofCall(success, fields.get('exit'));
  const result = fields.get('res') ?? fields.get('result');
  if (result === 1 || result === 'yes') return 'allowed';
  if (result === 0 || result === 'no') return 'failed';
  if (typeof result !== 'string') return null;
  const word = result.toLowerCase();
  return word === 'success' ? 'allowed' : word === 'failed' ? 'failed' : null;
}

/** RFC 9110, section 15; 429 is RFC 6585. */
export function outcomeOfStatus(status: number): Outcome | null {
  if (!Number.isInteger(status) || status < 200 || status > 599) return null;
  if (status === 401 || status === 403 || status === 407 || status === 429) return 'refused';
  return status < 400 ? 'allowed' : 'failed';
}

const BY_ACTION: Readonly<Record<string, Outcome>> = {
  login: 'allowed',
  login_failed: 'failed',
  unknown_user: 'failed',
  failed: 'failed',
  timed_out: 'failed',
  unreachable: 'failed',
  refused: 'refused',
};

function ofAction(fields: FieldSet): Outcome | null {
  const action = fields.get('action');
  return typeof action === 'string' && Object.hasOwn(BY_ACTION, action) ? (BY_ACTION[action] ?? null) : null;
}

function ofSwarm(fields: FieldSet): Outcome | null {
  const status = fields.get('sc-status');
  if (typeof status === 'number') return outcomeOfStatus(status);
  const allowed = fields.get('allowed');
  if (typeof allowed === 'boolean') return allowed ? 'allowed' : 'stopped';
  return ofAction(fields);
}

function ofSudo(fields: FieldSet): Outcome | null {
  const reason = fields.text('reason');
  if (reason !== undefined) return /password|authentication/i.test(reason) ? 'failed' : 'stopped';
  return fields.has('CommandLine') ? 'allowed' : null;
}

/** pam_unix(8) and its like, su(1) and login(1). */
function ofLogin(message: string): Outcome | null {
  const head = message.slice(0, 256);
  if (/authentication failure|^FAILED |failed login|password check failed/i.test(head)) return 'failed';
  return /session opened for/.test(head) ? 'allowed' : null;
}

const STATUS_NAMES = ['sc-status', 'status', 'status_code', 'http.status', 'http.status_code', 'statusCode'];
const METHOD_NAMES = ['cs-method', 'method', 'request_method', 'http.method', 'request', 'verb'];

/** A status alone may be of anything; beside the method of a request it is that of an answer. */
function ofRequest(fields: FieldSet): Outcome | null {
  const name = STATUS_NAMES.find((each) => fields.has(each));
  if (name === undefined || !METHOD_NAMES.some((each) => fields.has(each))) return null;
  return outcomeOfStatus(Number(fields.get(name)));
}

/** @returns what became of it; null when the log does not say */
function outcomeOf(fields: FieldSet, { product, service }: LogSource, message: string): Outcome | null {
  if (product === 'mycoswarm') return ofSwarm(fields);
  switch (service) {
    case 'nftables':
      return fields.get('denied') === true ? 'stopped' : null;
    case 'sshd':
    case 'auth':
      return ofAction(fields) ?? ofLogin(message);
    case 'sudo':
      return ofSudo(fields) ?? ofLogin(message);
    case 'systemd':
      return ofAction(fields);
    case 'auditd':
      return ofAudit(fields);
    default:
      return fields.has('SYSCALL') ? ofAudit(fields) : product === null ? ofRequest(fields) : null;
  }
}

/** Adds what became of it, where the log says so and has no field of this name itself. */
export function putOutcome(fields: FieldSet, logsource: LogSource, message: string): void {
  const outcome = outcomeOf(fields, logsource, message);
  if (outcome !== null) fields.putNew(OUTCOME_FIELD, outcome);
}
