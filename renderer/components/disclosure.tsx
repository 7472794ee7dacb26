import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import './disclosure.css';

export interface DisclosureProps {
  summary: ReactNode;
  /** Quiet words after the summary: what is inside. */
  note?: ReactNode;
  children: ReactNode;
  defaultOpen?: boolean;
  /** Controlled: give both. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Stays on screen beside the summary, folded or not. */
  aside?: ReactNode;
}

/** Something that folds out in place. Enter and Space unfold, Escape folds. */
export function Disclosure({
  summary,
  note,
  children,
  defaultOpen = false,
  open,
  onOpenChange,
  aside,
}: DisclosureProps) {
  const [own, setOwn] = useState(defaultOpen);
  const shown = open ?? own;
  const id = useId();
  const set = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <div className="disclosure">
      <div className="disclosure__head">
        <button
          type="button"
          className="disclosure__summary"
          aria-expanded={shown}
          aria-controls={id}
          onClick={() => set(!shown)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !shown) return;
            event.stopPropagation();
            set(false);
          }}
        >
          <ChevronRight aria-hidden="true" className="disclosure__chevron" />
          <span className="disclosure__words">
            <span className="disclosure__title">{summary}</span>
            {note ? <span className="disclosure__note">{note}</span> : null}
          </span>
        </button>
        {aside}
      </div>
      <Unfold open={shown} id={id}>
        {children}
      </Unfold>
    </div>
  );
}

/** The part that unfolds: height and fade. Its content is mounted while it is open or closing. */
export function Unfold({ open, id, children }: { open: boolean; id?: string; children: ReactNode }) {
  const [kept, setKept] = useState(open);
  if (open && !kept) setKept(true);
  return (
    <div
      id={id}
      className={open ? 'unfold unfold--open' : 'unfold'}
      inert={!open}
      onTransitionEnd={(event) => {
        if (event.target === event.currentTarget && !open) setKept(false);
      }}
    >
      <div className="unfold__inner">{open || kept ? children : null}</div>
    </div>
  );
}
