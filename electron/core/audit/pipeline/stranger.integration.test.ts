import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import { intakeOn } from '../testing/intake-on.ts';
import { ANNOUNCEMENTS, type Stranger, strangerDetection, strangerRecord } from './stranger.ts';

const NARU: Stranger = {
  name: 'naru',
  from: '192.168.1.66',
  addresses: ['192.168.1.66', '192.168.1.24'],
  port: 7_890,
  version: '0.2.16',
  claims: 'miu',
};

it('makes one alert of one stranger, however often it is heard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-stranger-'));
  let store: AuditStore | null = null;
  try {
    store = openAuditStore(folder, true);
    const intake = intakeOn(store, {
      createDetector: () => ({ letGo: { groups: 0, entries: 0 }, state: () => null, detect: () => [] }),
    });
    for (const stranger of [NARU, NARU, { ...NARU, from: '192.168.1.67', claims: null }])
      intake.say(strangerRecord(stranger), { node: 'miu', source: ANNOUNCEMENTS }, (number) =>
        strangerDetection(stranger, number),
      );
    intake.settle();
    const alerts = store.alerts.list(['new'], null);
    expect(alerts.map(({ entity, count, node }) => [entity, count, node]).sort()).toEqual([
      ['192.168.1.66', 2, 'miu'],
      ['192.168.1.67', 1, 'miu'],
    ]);
    expect(alerts.every(({ rule }) => rule.leadsTo?.kind === 'check')).toBe(true);
  } finally {
    store?.close();
    rmSync(folder, { recursive: true });
  }
});
