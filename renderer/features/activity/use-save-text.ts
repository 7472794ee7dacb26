import type { TextFile } from '#shared/contract/bridge.ts';
import { useToast } from '../../components/toast.tsx';
import { transport } from '../../transport/queries.ts';

/** @returns keeps a text as a file, and says how it went */
export function useSaveText(): (file: TextFile) => void {
  const toast = useToast();
  return (file) =>
    void transport.saveText(file).then((outcome) => {
      if (outcome.saved) toast({ text: `Saved ${file.fileName}.` });
      else if (outcome.reason !== 'cancelled') toast({ text: 'The file could not be saved.', problem: true });
    });
}
