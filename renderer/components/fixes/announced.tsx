import { useEffect, useState } from 'react';
import { announcement } from './seconds-left.ts';

/** Tells a screen reader the time left: at the beginning, at each minute, at ten seconds, at the end. */
export function Announced({ left, what }: { left: number; what: string }) {
  const [words, setWords] = useState('');
  useEffect(() => {
    setWords((before) => announcement(left, before === '') ?? before);
  }, [left]);
  return (
    <p role="status" className="visually-hidden">
      {words === '' ? '' : `${what}${words}`}
    </p>
  );
}
