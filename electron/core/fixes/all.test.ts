import { describe, expect, it } from 'vitest';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { FIXES, fixFor, NOT_AUTOMATIC } from './all.ts';

describe('the registry of fixes', () => {
  it('has every check exactly once', () => {
    const ids = [...FIXES, ...NOT_AUTOMATIC].map(({ check }) => check);
    expect(ids.toSorted()).toEqual([...CHECK_IDS].toSorted());
    for (const id of CHECK_IDS) expect(fixFor(id).check).toBe(id);
  });

  it('says in one or two sentences why a check has none', () => {
    for (const { reason } of NOT_AUTOMATIC) expect(reason).toMatch(/^[A-Zm][^\n]{20,400}\.$/);
  });

  it('names only fixes that stand before it in `after`, so that the order has no circle', () => {
    for (const [index, fix] of FIXES.entries()) {
      const before = FIXES.slice(0, index).map(({ check }) => check);
      expect([fix.check, fix.after.filter((id) => !before.includes(id))]).toEqual([fix.check, []]);
    }
  });

  it('says what each will do in one sentence', () => {
    for (const { words } of FIXES) expect(words).toMatch(/^[A-Z][^\n]{20,300}\.$/);
  });
});
