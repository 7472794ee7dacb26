import type { RecordCheck } from './record-check.ts';

/** `changed`: something differs; `unknown`: nothing seen does, and not all could be seen; `intact`: all is as recorded. */
export function recordVerdict(check: RecordCheck): 'changed' | 'unknown' | 'intact' {
  const { changed, missing, added, omitted, unread, withoutRecord, outside, intact } = check;
  if (changed.length + missing.length + added.length + omitted > 0) return 'changed';
  return unread !== null || withoutRecord.length > 0 || outside > 0 || intact === 0 ? 'unknown' : 'intact';
}
