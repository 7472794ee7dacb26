import type { CatalogueEntry } from '#shared/domain/check-catalogue.ts';
import { SectionHeading } from '../../components/page-header.tsx';
import { Term } from '../../components/term.tsx';
import './why-it-matters.css';

/** Why an item matters, with a little story, and the words of the trade behind a tooltip each. */
export function WhyItMatters({ entry }: { entry: CatalogueEntry }) {
  return (
    <section className="why" aria-labelledby="why-it-matters">
      <SectionHeading id="why-it-matters" title="Why it matters" />
      <p>{entry.why}</p>
      <p className="why__story">{entry.story}</p>
      {entry.terms.length > 0 ? (
        <p className="why__terms">
          Words used here:{' '}
          {entry.terms.map((term, index) => (
            <span key={term}>
              {index > 0 ? ' · ' : null}
              <Term term={term} />
            </span>
          ))}
        </p>
      ) : null}
    </section>
  );
}
