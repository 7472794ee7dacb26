import { z } from 'zod';
import { lineText, listOf, rawText, shortText } from '../bounds.ts';

/** What this console itself is made of, as it was written when it was built. */
export const ownBill = z.object({
  components: listOf(z.object({ name: shortText, version: shortText, licence: lineText }), 4_096),
  /** CycloneDX 1.6. */
  text: rawText,
});
export type OwnBill = z.infer<typeof ownBill>;
