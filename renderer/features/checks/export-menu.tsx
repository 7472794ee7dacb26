import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { NodeId } from '#shared/domain/node.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { Menu } from '../../components/menu.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, transport } from '../../transport/queries.ts';

const FORMATS = [
  { format: 'html', label: 'A page to read', note: 'HTML that stands alone' },
  { format: 'json', label: 'For programs', note: 'JSON' },
  { format: 'sarif', label: 'For code scanners', note: 'SARIF 2.1.0' },
] as const;
type Format = (typeof FORMATS)[number]['format'];

/** Keep what is known as a file. */
export function ExportMenu({ node }: { node: NodeId | null }) {
  const toast = useToast();
  const save = useMutation({
    mutationFn: async (format: Format) => {
      const file = await client.findings.export({ format, node });
      return { ...(await transport.saveText(file)), fileName: file.fileName };
    },
    onSuccess: (outcome) => {
      if (outcome.saved) toast({ text: `Saved ${outcome.fileName}.` });
      else if (outcome.reason !== 'cancelled') toast({ text: 'The file could not be saved.', problem: true });
    },
    onError: (error) => toast({ text: errorWords(error, 'The export did not work.').what, problem: true }),
  });
  return (
    <Menu
      label="Export"
      align="end"
      groups={[
        FORMATS.map(({ format, label, note }) => ({
          id: format,
          label,
          note,
          onSelect: () => save.mutate(format),
        })),
      ]}
      trigger={
        <Button
          variant="plain"
          small
          icon={<Download aria-hidden="true" />}
          running={save.isPending && 'Exporting'}
        >
          Export
        </Button>
      }
    />
  );
}
