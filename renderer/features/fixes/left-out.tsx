import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { SectionHeading } from '../../components/page-header.tsx';

/** What was asked for and is not in the plan, each with its reason. */
export function LeftOut({ plan }: { plan: Plan }) {
  if (plan.left.length === 0) return null;
  return (
    <section aria-labelledby="plan-left">
      <SectionHeading id="plan-left" title="Left out" note="Nothing of this is touched." />
      <dl className="plan-left">
        {plan.left.map(({ check, reason }) => (
          <div key={check}>
            <dt>{catalogueEntry(check).title}</dt>
            <dd>{visible(reason)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
