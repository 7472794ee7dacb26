import { useMutation } from '@tanstack/react-query';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentReportFormat } from '#shared/domain/incident/report-file.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, transport } from '../../transport/queries.ts';

const FORMATS: readonly { format: IncidentReportFormat; label: string }[] = [
  { format: 'html', label: 'as a page' },
  { format: 'pdf', label: 'as a PDF' },
  { format: 'markdown', label: 'as Markdown' },
  { format: 'csv', label: 'its timeline as CSV' },
];

/** Keeps the report of an incident as a file: it writes itself from what was recorded, whenever it is asked for. */
export function ReportLine({ incident }: { incident: Incident }) {
  const toast = useToast();
  const save = useMutation({
    mutationFn: async (format: IncidentReportFormat) => {
      const file = await client.incidents.report({ incident: incident.id, format });
      return { outcome: await transport.saveText(file), fileName: file.fileName };
    },
    onSuccess: ({ outcome, fileName }) => {
      if (outcome.saved) toast({ text: `Saved ${fileName}.` });
      else if (outcome.reason !== 'cancelled') toast({ text: 'The file could not be saved.', problem: true });
    },
    onError: (error) => {
      const { what, next } = errorWords(error, 'The report could not be made.');
      toast({ text: [what, next].filter(Boolean).join(' '), problem: true });
    },
  });
  return (
    <p className="incident__report">
      <span className="incident__quiet">{save.isPending ? 'Writing the report…' : 'Save the report'}</span>{' '}
      {FORMATS.map(({ format, label }) => (
        <Button key={format} variant="link" onClick={() => save.isPending || save.mutate(format)}>
          {label}
        </Button>
      ))}
    </p>
  );
}
