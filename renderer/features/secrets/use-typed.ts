import { useState } from 'react';
import { errorWords } from '../../components/error-state.tsx';

/** Work that was given something typed: whether it runs, and what went wrong, in words. Nothing typed is kept. */
export function useTyped() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  async function run(work: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (thrown) {
      const { what, next } = errorWords(thrown, 'That did not work.');
      setError([what, next].filter(Boolean).join(' '));
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, run, clear: () => setError(null) };
}
