import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import './fix-card.css';

export interface FixCardProps {
  /** What would be done, in a few words: `Let only the home network in`. */
  title: ReactNode;
  /** Quiet words after the title: `takes miu to Fenced`. */
  note?: ReactNode;
  now?: ReactNode;
  after?: ReactNode;
  takesEffect?: ReactNode;
  ifItGoesWrong?: ReactNode;
  /** Unfolded steps, between the words and the buttons. */
  children?: ReactNode;
  /** The filled button first, then quieter ones. */
  actions?: ReactNode;
  /** At the right edge: "Not now", "Accept the risk until…". */
  aside?: ReactNode;
  /** Beside the evidence, in a column: labels above each other and no frame of its own. */
  column?: boolean;
}

/** What would change and what if it goes wrong, with the button that does it. */
export function FixCard({
  title,
  note,
  now,
  after,
  takesEffect,
  ifItGoesWrong,
  children,
  actions,
  aside,
  column = false,
}: FixCardProps) {
  return (
    <section className={column ? 'fix-card fix-card--column' : 'fix-card'}>
      <div className="fix-card__head">
        <h2>{title}</h2>
        {note ? <span className="fix-card__note">{note}</span> : null}
      </div>
      {now || after ? (
        <dl className="fix-card__pair fix-card__pair--arrow">
          {now ? <Part label="Now">{now}</Part> : null}
          {now && after && !column ? <ArrowRight aria-hidden="true" className="fix-card__arrow" /> : null}
          {after ? (
            <Part label="After" strong>
              {after}
            </Part>
          ) : null}
        </dl>
      ) : null}
      {takesEffect || ifItGoesWrong ? (
        <dl className="fix-card__pair">
          {takesEffect ? <Part label="Takes effect">{takesEffect}</Part> : null}
          {ifItGoesWrong ? <Part label="If it goes wrong">{ifItGoesWrong}</Part> : null}
        </dl>
      ) : null}
      {children}
      {actions || aside ? (
        <div className="fix-card__foot no-print">
          <div className="fix-card__actions">{actions}</div>
          {aside ? <div className="fix-card__aside">{aside}</div> : null}
        </div>
      ) : null}
    </section>
  );
}

function Part({ label, strong = false, children }: { label: string; strong?: boolean; children: ReactNode }) {
  return (
    <div className="fix-card__part">
      <dt>{label}</dt>
      <dd className={strong ? 'fix-card__strong' : undefined}>{children}</dd>
    </div>
  );
}
