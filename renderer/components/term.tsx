import type { ReactNode } from 'react';
import { GLOSSARY, type GlossaryTerm } from '#shared/domain/catalogue/glossary.ts';
import { Tooltip } from './tooltip.tsx';
import './term.css';

export interface TermProps {
  term: GlossaryTerm;
  /** As it stands in the sentence; the glossary's own word when left out. */
  children?: ReactNode;
}

/** A word of the trade with one plain sentence behind it, on hover and on focus. */
export function Term({ term, children }: TermProps) {
  const { word, meaning } = GLOSSARY[term];
  return (
    <Tooltip text={meaning}>
      <button type="button" className="term">
        {children ?? word}
      </button>
    </Tooltip>
  );
}
