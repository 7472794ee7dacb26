import { speaksOfAdministrator } from '#shared/domain/administrator-look.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { AdministratorLook } from '../../components/administrator-look.tsx';
import { NamedChecks } from '../../components/named-checks.tsx';
import { SectionHeading } from '../../components/page-header.tsx';

/** What was asked for and is not in the plan, each with its reason: first what a second plan repairs, then the rest. */
export function LeftOut({ plan }: { plan: Plan }) {
  const isNext = ({ check }: Plan['left'][number]) => plan.next?.includes(check) === true;
  return (
    <>
      <Part
        id="plan-next"
        title="Next round"
        note="These need what this plan puts there. When it is done, its page leads to the plan for them."
        node={plan.node}
        entries={plan.left.filter(isNext)}
      />
      <Part
        id="plan-left"
        title="Left out"
        note="Nothing of this is touched."
        node={plan.node}
        entries={plan.left.filter((entry) => !isNext(entry))}
      />
      {plan.left.some(({ reason }) => speaksOfAdministrator(reason)) ? (
        <div className="plan-left__look">
          <AdministratorLook node={plan.node} nodeName={plan.nodeName} />
        </div>
      ) : null}
    </>
  );
}

interface PartProps {
  id: string;
  title: string;
  note: string;
  node: string;
  entries: Plan['left'];
}

function Part({ id, title, note, node, entries }: PartProps) {
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <SectionHeading id={id} title={title} note={note} />
      <dl className="plan-left">
        {entries.map(({ check, reason }) => (
          <div key={check}>
            <dt>{catalogueEntry(check).title}</dt>
            <dd>
              <NamedChecks text={reason} node={node} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
