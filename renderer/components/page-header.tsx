import type { ReactNode } from 'react';
import './page-header.css';

export interface PageHeaderProps {
  /** One quiet line above: where we are and when it was seen. */
  eyebrow?: ReactNode;
  /** The sentence that says how things are; the page's only h1. */
  sentence: ReactNode;
  /** One or two plain sentences below. */
  lead?: ReactNode;
  /** Buttons at the right edge: at most one filled. */
  actions?: ReactNode;
  /** Smaller sentence for pages that are lists. */
  dense?: boolean;
}

/** The first line of every page. */
export function PageHeader({ eyebrow, sentence, lead, actions, dense = false }: PageHeaderProps) {
  return (
    <header className={dense ? 'page-header page-header--dense' : 'page-header'}>
      <div className="page-header__words">
        {eyebrow ? <p className="page-header__eyebrow">{eyebrow}</p> : null}
        <h1>{sentence}</h1>
        {lead ? <p className="page-header__lead">{lead}</p> : null}
      </div>
      {actions ? <div className="page-header__actions">{actions}</div> : null}
    </header>
  );
}

export interface PageProps {
  /** Closer to the edges, for lists and logs. */
  dense?: boolean;
  children: ReactNode;
  className?: string;
}

/** The padding around a page's content. Every page is inside exactly one. */
export function Page({ dense = false, children, className }: PageProps) {
  return (
    <div className={['page', dense && 'page--dense', className].filter(Boolean).join(' ')}>{children}</div>
  );
}

export interface SectionHeadingProps {
  id?: string;
  title: ReactNode;
  /** Quiet words right of the title. */
  note?: ReactNode;
  /** Link or time at the right edge. */
  aside?: ReactNode;
}

/** Heading of a part of a page. */
export function SectionHeading({ id, title, note, aside }: SectionHeadingProps) {
  return (
    <div className="section-heading">
      <h2 id={id}>{title}</h2>
      {note ? <p className="section-heading__note">{note}</p> : null}
      {aside ? <div className="section-heading__aside">{aside}</div> : null}
    </div>
  );
}
