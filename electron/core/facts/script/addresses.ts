import { z } from 'zod';

const version4 = z.ipv4();
const version6 = z.ipv6();

/** @returns 4 or 6 for a textual address without brackets and zone, 0 for anything else */
export function addressFamilyOf(text: string): 0 | 4 | 6 {
  if (version4.safeParse(text).success) return 4;
  return version6.safeParse(text).success ? 6 : 0;
}
