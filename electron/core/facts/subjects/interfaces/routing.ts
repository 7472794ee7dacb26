import { z } from 'zod';

const rules = z.array(z.record(z.string().max(64), z.unknown())).max(4_096);

/** The rules that every kernel begins with (ip-rule(8)), as `ip -j rule show` prints them. */
const OF_EVERY_KERNEL: ReadonlySet<string> = new Set(['0 all local', '32766 all main', '32767 all default']);

/**
 * Whether routing rules besides those of every kernel choose among tables, of either family: then the main table alone does
 * not say by which interface a packet leaves.
 * @param listings what `ip -j rule show` printed for IPv4 and IPv6; null when one of them says nothing
 */
export function readRules(...listings: readonly (Buffer | undefined)[]): boolean | null {
  let hasOthers = false;
  for (const bytes of listings) {
    if (!bytes || bytes.length === 0) return null;
    try {
      const checked = rules.safeParse(JSON.parse(bytes.toString('utf8')));
      if (!checked.success) return null;
      for (const rule of checked.data) {
        const { priority, src, table, ...more } = rule;
        if (!OF_EVERY_KERNEL.has(`${priority} ${src} ${table}`) || Object.keys(more).length > 0)
          hasOthers = true;
      }
    } catch {
      return null;
    }
  }
  return hasOthers;
}

/**
 * Whether packets of others are passed on, by any interface.
 * @param digits the values of the kernel's settings, one digit each; null when there are none
 */
export function readForwarding(digits: string): boolean | null {
  const text = digits.replace(/\s+/g, '');
  if (!/^[0-9]+$/.test(text)) return null;
  return /[1-9]/.test(text);
}
