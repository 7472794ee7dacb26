import { describe, expect, it } from 'vitest';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { SILENT_SOURCE } from '../pipeline/silent-source.ts';
import { createAlertNotices, isQuiet } from './alert-notices.ts';

const settings = DEFAULT_SETTINGS.audit;
const at = (hour: number, minute = 0): Date => new Date(2026, 10, 22, hour, minute);

function alertOf(id: string, change: Partial<Alert> = {}): Alert {
  const time = '2026-11-22T10:00:00.000Z';
  return {
    id,
    rule: { ...SILENT_SOURCE, title: `Rule ${id}` },
    node: 'miu',
    entity: 'x\u001b[31m',
    entityField: 'User',
    state: 'new',
    count: 1,
    firstAt: time,
    lastAt: time,
    firstEvent: 1,
    lastEvent: 1,
    silence: null,
    notes: [],
    ...change,
  };
}

describe('notices of alerts', () => {
  it('tell of the first match at once, and of repeats once an hour', () => {
    const notices = createAlertNotices(() => 'Miu');
    expect(notices.take(alertOf('1'), true, settings, at(10))).toEqual({
      node: 'miu',
      sentence: 'Miu: Rule 1: x\\x1b[31m',
    });
    for (let count = 2; count <= 10_000; count += 1) {
      expect(notices.take(alertOf('1', { count }), false, settings, at(10, 1))).toBeNull();
    }
    expect(notices.digest(settings, at(10, 30))).toBeNull();
    expect(notices.digest(settings, at(11, 2))).toEqual({
      node: 'miu',
      sentence: 'One alert went on: Rule 1',
    });
    expect(notices.digest(settings, at(13))).toBeNull();
  });

  it('are few when many rules fire together', () => {
    const notices = createAlertNotices(() => 'Miu');
    const said = Array.from({ length: 20 }, (_, id) =>
      notices.take(alertOf(String(id)), true, settings, at(10)),
    );
    expect(said.filter((notice) => notice !== null)).toHaveLength(3);
    expect(notices.digest(settings, at(11, 1))?.sentence).toMatch(/^17 more alerts: /);
  });

  it('do not wait behind lesser ones', () => {
    const notices = createAlertNotices(() => 'Miu');
    const of = (id: string, level: 'medium' | 'high' | 'critical') =>
      alertOf(id, { rule: { ...SILENT_SOURCE, level } });
    for (const id of ['1', '2', '3', '4']) notices.take(of(id, 'medium'), true, settings, at(10));
    expect(notices.take(of('5', 'medium'), true, settings, at(10, 1))).toBeNull();
    expect(notices.take(of('6', 'critical'), true, settings, at(10, 1))).not.toBeNull();
    for (const id of ['7', '8', '9']) notices.take(of(id, 'critical'), true, settings, at(10, 2));
    expect(notices.take(of('10', 'critical'), true, settings, at(10, 3))).toBeNull();
    expect(notices.take(of('11', 'high'), true, settings, at(10, 3))).toBeNull();
  });

  it('wait for the end of the quiet hours, and for low levels', () => {
    const quiet = { ...settings, quietFromHour: 22, quietToHour: 7 };
    expect([21, 22, 3, 6, 7].map((hour) => isQuiet(hour, quiet))).toEqual([false, true, true, true, false]);
    expect(isQuiet(5, settings)).toBe(false);
    const notices = createAlertNotices(() => 'Miu');
    expect(notices.take(alertOf('1'), true, quiet, at(3))).toBeNull();
    expect(notices.digest(quiet, at(5))).toBeNull();
    expect(notices.digest(quiet, at(7, 1))?.sentence).toBe('One more alert: Rule 1');
    const low = alertOf('2', { rule: { ...SILENT_SOURCE, level: 'low' } });
    expect(notices.take(low, true, settings, at(10))).toBeNull();
    expect(notices.take(alertOf('3', { state: 'silenced' }), true, settings, at(10))).toBeNull();
  });
});
