import { ConsoleError } from '#core/console/service.ts';
import type { IncidentReportFile, IncidentReportFormat } from '#shared/domain/incident/report-file.ts';
import { timelineAsCsv } from './as-csv.ts';
import { asHtml } from './as-html.ts';
import { asMarkdown } from './as-markdown.ts';
import { type PdfOptions, type Printed, printPdf } from './print-pdf.ts';
import { type IncidentReportInput, reportOf } from './report-of.ts';

const ENDINGS = {
  markdown: ['md', 'text/markdown'],
  html: ['html', 'text/html'],
  pdf: ['pdf', 'application/pdf'],
  csv: ['csv', 'text/csv'],
} as const;

/**
 * A report as a file, with a name of our own words.
 * @param pdf.print how the shell itself makes a PDF; else an installed browser does
 * @throws ConsoleError NOT_SUPPORTED_HERE when no PDF can be made here, with what to do instead
 */
export async function reportFile(
  input: IncidentReportInput,
  format: IncidentReportFormat,
  { print, ...pdf }: PdfOptions & { print?: ((page: string) => Promise<Printed>) | undefined } = {},
): Promise<IncidentReportFile> {
  const [ending, mediaType] = ENDINGS[format];
  const fileName = `swarmkeep-incident-${input.incident.number}.${ending}`;
  const text = (content: string): IncidentReportFile => ({
    fileName,
    mediaType,
    text: content,
    base64: false,
  });
  if (format === 'csv')
    return text(timelineAsCsv(input.timeline, new Set(input.incident.pins.map(({ item }) => item))));
  const report = reportOf(input);
  if (format === 'markdown') return text(asMarkdown(report));
  const page = asHtml(report);
  if (format === 'html') return text(page);
  const printed = await (print === undefined ? printPdf(page, pdf) : print(page));
  if (printed.ok)
    return { fileName, mediaType, text: Buffer.from(printed.pdf).toString('base64'), base64: true };
  const [what = '', ...next] = printed.why.split(/(?<=\.) /);
  throw new ConsoleError('NOT_SUPPORTED_HERE', what, {
    untouched: 'The incident and its report are as they were.',
    next: next.join(' ') || 'Try it again.',
  });
}
