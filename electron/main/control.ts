import { z } from 'zod';
import { shortText } from '#shared/domain/bounds.ts';
import { counts } from '#shared/domain/counts.ts';
import { settings } from '#shared/domain/settings.ts';

/**
 * What the main process and the core process say to each other beside the page's own channel. Both sides parse what
 * they hear: the core reads hostile machines, so the main process does not take its word for a shape or a size.
 */

/** Most of a page to be printed, in UTF-16 units, and of the document that comes back, in bytes. */
export const MOST_PAGE = 64 * 1024 * 1024;
const MOST_PDF = 256 * 1024 * 1024;

/** A question that only a person can answer, in a dialog of the system. */
export const consentQuestion = z.object({
  id: shortText,
  title: z.string().min(1).max(256),
  lines: z.array(z.string().max(1_024)).max(64),
});
export type ConsentQuestion = z.infer<typeof consentQuestion>;

/** How things are, for the tray and the window's title. */
export const coreStatus = z.object({
  /** The sentence of the day. */
  sentence: z.string().max(512),
  counts,
  theme: settings.shape.theme.unwrap(),
});
export type CoreStatus = z.infer<typeof coreStatus>;

/** From the main process to the core. `page` carries one port. */
export const toCore = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    version: shortText,
    dataFolder: z.string().max(4_096).nullable(),
    sample: z.boolean(),
  }),
  z.object({ kind: z.literal('page') }),
  z.object({ kind: z.literal('look-now') }),
  z.object({ kind: z.literal('consent'), id: shortText, given: z.boolean() }),
  /** A page as a document; null: it could not be printed. */
  z.object({
    kind: z.literal('printed'),
    id: shortText,
    pdf: z
      .instanceof(Uint8Array)
      .refine(({ byteLength }) => byteLength <= MOST_PDF)
      .nullable(),
  }),
  z.object({ kind: z.literal('stop') }),
]);
export type ToCore = z.infer<typeof toCore>;

/** From the core to the main process. */
export const fromCore = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('status'), status: coreStatus }),
  z.object({ kind: z.literal('notice'), sentence: z.string().min(1).max(512) }),
  z.object({ kind: z.literal('consent'), question: consentQuestion }),
  /** A page that stands alone, to be printed to PDF by Chromium, which the core does not have. */
  z.object({ kind: z.literal('print'), id: shortText, page: z.string().max(MOST_PAGE) }),
  /** Somebody started the console a second time through its socket: show the window. */
  z.object({ kind: z.literal('show') }),
  /** The console cannot run, and trying again would not help; the message may be shown. */
  z.object({ kind: z.literal('cannot'), message: z.string().max(1_024) }),
]);
export type FromCore = z.infer<typeof fromCore>;
