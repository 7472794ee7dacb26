import { ArrowRight, Clock, Minus } from 'lucide-react';
import { useId } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { NamedChecks } from '../../components/named-checks.tsx';
import './include-list.css';

export interface IncludeListProps {
  checks: readonly CheckId[];
  included: readonly CheckId[];
  /** The plan that is shown, for what each fix changes; undefined before the first. */
  plan: Plan | undefined;
  node: string;
  onInclude: (check: CheckId, included: boolean) => void;
}

/** The fixes of a node with a box each: what is ticked is in the plan, with what it changes from and to. */
export function IncludeList({ checks, included, plan, node, onInclude }: IncludeListProps) {
  return (
    <ul className="include" aria-label="What the plan repairs">
      {checks.map((check) => (
        <Entry
          key={check}
          check={check}
          checked={included.includes(check)}
          settings={plan?.settings.filter((row) => row.check === check) ?? []}
          left={plan?.left.find((entry) => entry.check === check)?.reason}
          node={node}
          isNext={plan?.next?.includes(check) === true}
          onInclude={onInclude}
        />
      ))}
    </ul>
  );
}

interface EntryProps {
  check: CheckId;
  checked: boolean;
  settings: Plan['settings'];
  left: string | undefined;
  node: string;
  /** A second plan repairs it, once this one is done. */
  isNext: boolean;
  onInclude: IncludeListProps['onInclude'];
}

function Entry({ check, checked, settings, left, node, isNext, onInclude }: EntryProps) {
  const id = useId();
  // Nothing of it is in the plan, so nothing of it looks chosen.
  const isLeft = checked && left !== undefined;
  const LeftIcon = isNext ? Clock : Minus;
  const Title = isLeft ? 'p' : 'label';
  return (
    <li className="include__entry">
      {isLeft ? (
        <LeftIcon className="include__none" aria-hidden="true" />
      ) : (
        <input
          id={id}
          type="checkbox"
          className="include__box"
          checked={checked}
          onChange={(event) => onInclude(check, event.target.checked)}
        />
      )}
      <div className="include__words">
        <Title {...(isLeft ? {} : { htmlFor: id })} className="include__title">
          {catalogueEntry(check).title} <code className="include__id">{check}</code>
        </Title>
        {checked && left ? (
          <p className="include__left">
            {isNext ? 'Next round' : 'Left out'}: <NamedChecks text={left} node={node} />
          </p>
        ) : null}
        {checked
          ? settings.map((row) => (
              <div key={row.setting} className="include__setting">
                <p className="include__name">{visible(row.setting)}</p>
                <div className="include__change">
                  <p>
                    <span className="visually-hidden">Now: </span>
                    {visible(row.from)}
                  </p>
                  <ArrowRight aria-hidden="true" />
                  <p className="include__to">
                    <span className="visually-hidden">After: </span>
                    {visible(row.to)}
                  </p>
                </div>
                <p className="include__when">{visible(row.takesEffect)}</p>
              </div>
            ))
          : null}
      </div>
    </li>
  );
}
