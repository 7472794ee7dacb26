import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useToast } from './toast.tsx';
import './copy-button.css';

export interface CopyButtonProps {
  text: string;
  /** What is copied, for screen readers: `Copy the command`. */
  label: string;
}

const SAID_MS = 2_000;

/** Puts a text on the clipboard and says so for two seconds. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setDone(true),
      () =>
        toast({
          text: 'The clipboard could not be reached. Select the text and copy it by hand.',
          problem: true,
        }),
    );
  return (
    <button type="button" className="copy-button no-print" aria-label={label} title={label} onClick={copy}>
      {done ? <Check aria-hidden="true" className="copy-button__done" /> : <Copy aria-hidden="true" />}
      <span className="visually-hidden" role="status">
        {done ? 'Copied' : ''}
      </span>
    </button>
  );
}
