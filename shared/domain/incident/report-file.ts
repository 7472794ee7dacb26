import { z } from 'zod';
import { shortText } from '../bounds.ts';

/** In what a report of an incident can be had. `csv`: its timeline only. */
export const incidentReportFormat = z.enum(['markdown', 'html', 'pdf', 'csv']);
export type IncidentReportFormat = z.infer<typeof incidentReportFormat>;

/** A report as a file, with a name without any folder. */
export const incidentReportFile = z.object({
  fileName: shortText,
  mediaType: shortText,
  text: z.string().max(96 * 1024 * 1024),
  /** Its bytes are what `text` is the base64 of. */
  base64: z.boolean(),
});
export type IncidentReportFile = z.infer<typeof incidentReportFile>;
