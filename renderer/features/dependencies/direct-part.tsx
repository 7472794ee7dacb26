import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { count } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { DescribeDialog } from './describe-dialog.tsx';
import { isTold, licenceWords, openFirst, purposeWords } from './described.ts';

/** Rows that are drawn before somebody asks for all. */
const FIRST = 8;

/** What somebody asked for: what each is there for, under which licence, and what could go wrong. */
export function DirectPart({ node }: { node: string | null }) {
  const { data } = useQuery(orpc.dependencies.direct.queryOptions({ input: { node } }));
  const [all, setAll] = useState(false);
  const [describing, setDescribing] = useState<DirectDependency | null>(null);
  if (!data || data.length === 0) return null;
  const open = data.filter((entry) => !isTold(entry)).length;
  const rows = openFirst(data);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <section className="dependencies__group" aria-label="What you asked for">
      <SectionHeading
        title="What you asked for"
        note={
          open === 0
            ? 'Each has its purpose and risk, which go into the bill of materials.'
            : `${open.toLocaleString('en')} of ${data.length.toLocaleString('en')} ${open === 1 ? 'has' : 'have'} no purpose and risk written down.`
        }
        aside={data.length.toLocaleString('en')}
      />
      <ul>
        {shown.map((entry) => (
          <li key={entry.name} className="dependency direct">
            <div className="direct__words">
              <p>
                <span className="dependency__name">{visible(entry.name)}</span>
                <code className="dependency__version">
                  {entry.versions.slice(0, 3).map(visible).join(', ')}
                </code>
              </p>
              <p className="quiet">{visible(purposeWords(entry))}</p>
            </div>
            <span className="direct__licence">{visible(licenceWords(entry))}</span>
            <Button
              variant="plain"
              small
              aria-label={`${isTold(entry) ? 'Change' : 'Say'} what ${visible(entry.name)} is for`}
              onClick={() => setDescribing(entry)}
            >
              {isTold(entry) ? 'Change…' : 'Say why…'}
            </Button>
          </li>
        ))}
      </ul>
      {rows.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          Show {count(rows.length - shown.length, 'more')}
        </Button>
      ) : null}
      {describing ? <DescribeDialog entry={describing} onClose={() => setDescribing(null)} /> : null}
    </section>
  );
}
