import { Link } from '@tanstack/react-router';
import type { Overview } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { AdministratorLook } from '../../components/administrator-look.tsx';
import { buttonClass } from '../../components/button.tsx';
import './next-action.css';

/** The one next action: what it is, in two sentences, and the way to it. */
export function NextAction({ next }: { next: NonNullable<Overview['next']> }) {
  return (
    <section className="next-action" aria-labelledby="next-action-title">
      <div className="next-action__words">
        <h2 id="next-action-title">{visible(next.title)}</h2>
        {next.text ? <p>{visible(next.text)}</p> : null}
      </div>
      <div className="next-action__buttons">
        <Link
          to="/checks"
          search={(before) => ({ ...before, check: next.check, on: next.node })}
          className={buttonClass('plain')}
        >
          What we saw
        </Link>
        {next.look === 'administrator' ? (
          <AdministratorLook node={next.node} nodeName={next.nodeName} variant="filled" />
        ) : (
          <Link
            to="/setup/{-$node}"
            params={{ node: next.node }}
            search={(before) => ({ ...before, step: next.check })}
            className={buttonClass('filled')}
          >
            {wayOn(next.steps)}
          </Link>
        )}
      </div>
    </section>
  );
}

/** Whether a program can repair it is known only there, so the button promises no more than it keeps. */
function wayOn(steps: number | undefined): string {
  return steps === 0 ? 'See what to do' : 'See how to fix it';
}
