import { errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { transport } from '../../transport/queries.ts';

type TextFile = Parameters<typeof transport.saveText>[0];

/** @returns a function that makes a file, keeps it where the operator says, and tells how it went */
export function useSaveFile(): (make: () => Promise<TextFile>) => void {
  const toast = useToast();
  const keep = async (make: () => Promise<TextFile>) => {
    try {
      const file = await make();
      const outcome = await transport.saveText(file);
      if (outcome.saved) toast({ text: `Saved ${file.fileName}.` });
      else if (outcome.reason !== 'cancelled') toast({ text: 'The file could not be saved.', problem: true });
    } catch (error) {
      toast({ text: errorWords(error, 'The file could not be made.').what, problem: true });
    }
  };
  return (make) => void keep(make);
}
