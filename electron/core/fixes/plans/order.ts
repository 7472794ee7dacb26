import type { Fix } from '#core/fixes/fix.ts';
import type { CheckId } from '#shared/domain/check-id.ts';

/**
 * Puts fixes into one order: each behind those of `after` that are planned with it, else as they are listed. A circle, which
 * is a mistake of ours, is cut where it closes.
 * @param fixes those to be planned together, in their listed order
 */
export function inOrder(fixes: readonly Fix[]): Fix[] {
  const byCheck = new Map(fixes.map((fix) => [fix.check, fix]));
  const placed: Fix[] = [];
  const entered = new Set<CheckId>();
  const place = (fix: Fix): void => {
    if (entered.has(fix.check)) return;
    entered.add(fix.check);
    for (const before of fix.after) {
      const found = byCheck.get(before);
      if (found) place(found);
    }
    placed.push(fix);
  };
  for (const fix of fixes) place(fix);
  return placed;
}
