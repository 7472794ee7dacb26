import { useMutation } from '@tanstack/react-query';
import type { NodeId } from '#shared/domain/node.ts';
import { client, transport } from '../transport/queries.ts';
import { errorWords } from './error-state.tsx';
import { useToast } from './toast.tsx';

/** Formats of a report, in the words of whoever will read it. */
export const EXPORT_FORMATS = [
  { format: 'html', label: 'A page to read', note: 'HTML that stands alone' },
  { format: 'json', label: 'For programs', note: 'JSON' },
  { format: 'sarif', label: 'For code scanners', note: 'SARIF 2.1.0' },
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number]['format'];

/**
 * Keep findings as a file, and say how it went.
 * @param node whose findings, or null for all
 */
export function useExport(node: NodeId | null) {
  const toast = useToast();
  return useMutation({
    mutationFn: async (format: ExportFormat) => {
      const file = await client.findings.export({ format, node });
      return { outcome: await transport.saveText(file), fileName: file.fileName };
    },
    onSuccess: ({ outcome, fileName }) => {
      if (outcome.saved) toast({ text: `Saved ${fileName}.` });
      else if (outcome.reason !== 'cancelled') toast({ text: 'The file could not be saved.', problem: true });
    },
    onError: (error) => toast({ text: errorWords(error, 'The export did not work.').what, problem: true }),
  });
}
