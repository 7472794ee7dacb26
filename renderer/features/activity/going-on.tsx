import { ChangeCard } from '../../components/fixes/change-card.tsx';
import { isSettled } from '../../components/fixes/change-words.ts';
import { SectionHeading } from '../../components/page-header.tsx';
import { useApplied } from '../../transport/use-live.ts';

/** Changes that run or wait to be kept, over the list of what is past. */
export function GoingOn() {
  const open = useApplied().filter((change) => !isSettled(change));
  if (open.length === 0) return null;
  return (
    <section className="activity__going" aria-labelledby="activity-going">
      <SectionHeading id="activity-going" title="Going on now" />
      {open.map((change) => (
        <ChangeCard key={change.id} change={change} />
      ))}
    </section>
  );
}
