import type { AuditSource } from '#shared/domain/audit/source.ts';

/** @returns what somebody means by a path, a pattern or a unit; else what is wrong with it */
export function readTarget(typed: string): { target: AuditSource['target'] | null; problem: string | null } {
  const text = typed.trim();
  if (text === '') return { target: null, problem: 'Name a file, a pattern or a unit.' };
  if (text.startsWith('/')) {
    if (/[*?[]/.test(text)) return { target: { kind: 'pattern', pattern: text }, problem: null };
    return text.endsWith('/')
      ? { target: null, problem: 'That is a folder. For its files add a star: /var/log/x/*' }
      : { target: { kind: 'file', path: text }, problem: null };
  }
  if (/^[A-Za-z0-9:_.@\\-]{1,256}$/.test(text)) {
    const unit = /\.(service|socket|timer|scope|target|mount)$/.test(text) ? text : `${text}.service`;
    return { target: { kind: 'journal', unit }, problem: null };
  }
  return { target: null, problem: 'A path begins with a slash. The name of a unit has no spaces.' };
}
