import { ArrowRight } from 'lucide-react';
import type { PlanSetting } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { sentence } from '#shared/domain/words.ts';
import './plan-settings.css';

/** Several settings, one under the other: what it is, from what to what, and when that is so; then how to get back. */
export function PlanSettings({
  settings,
  column = false,
}: {
  settings: readonly PlanSetting[];
  /** Beside the evidence: the name over the change. */
  column?: boolean;
}) {
  const recover = [...new Set(settings.map((row) => row.recover).filter(Boolean))];
  return (
    <>
      <ul className={column ? 'plan-settings plan-settings--column' : 'plan-settings'}>
        {settings.map((row) => (
          <li key={`${row.check} ${row.setting}`} className="plan-settings__row">
            <h3 className="plan-settings__name">{visible(row.setting)}</h3>
            <div className="plan-settings__change">
              <p className="plan-settings__from">
                <span className="visually-hidden">Now: </span>
                {visible(row.from)}
              </p>
              <ArrowRight aria-hidden="true" />
              <p className="plan-settings__to">
                <span className="visually-hidden">After: </span>
                {visible(row.to)}
              </p>
            </div>
            <p className="plan-settings__when">{visible(row.takesEffect)}</p>
          </li>
        ))}
      </ul>
      {recover.length > 0 ? (
        <dl className="plan-settings__recover">
          <dt>If it goes wrong</dt>
          <dd>{recover.map(visible).map(sentence).join(' ')}</dd>
        </dl>
      ) : null}
    </>
  );
}
