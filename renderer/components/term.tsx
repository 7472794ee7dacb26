import { type ReactNode, useState } from 'react';
import { GLOSSARY, type GlossaryTerm } from '#shared/domain/catalogue/glossary.ts';
import { Tooltip } from './tooltip.tsx';
import './term.css';

export interface TermProps {
  term: GlossaryTerm;
  /** As it stands in the sentence; the glossary's own word when left out. */
  children?: ReactNode;
}

/** A word of the trade with one plain sentence behind it, on hover, on focus and on a press. */
export function Term({ term, children }: TermProps) {
  const { word, meaning } = GLOSSARY[term];
  const [open, setOpen] = useState(false);
  return (
    <Tooltip text={meaning} open={open} onOpenChange={setOpen}>
      <button
        type="button"
        className="term"
        // A press must open it, for fingers; the tooltip by itself closes on any press.
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children ?? word}
      </button>
    </Tooltip>
  );
}
