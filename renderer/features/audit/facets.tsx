import { useQueries } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../transport/queries.ts';
import { categoryWords } from './log/kind-words.ts';
import type { LogChoice } from './log/use-log.ts';
import { chosenValues, toggleValue, withoutField } from './query/query-text.ts';
import { nodesThatSayNothing } from './sources/source-words.ts';
import './facets.css';

/** Fields that are always counted, as headings say them. Others come with the columns that somebody adds. */
const ALWAYS: readonly (readonly [field: string, title: string])[] = [
  ['category', 'Kind'],
  ['node', 'Node'],
  ['Outcome', 'Outcome'],
  ['severity', 'Severity'],
  ['service', 'Written by'],
];
/** Milliseconds after which values are counted anew while time goes on. */
const EVERY_MS = 15_000;
/** Values that stand there before "more". */
const FIRST = 5;

export interface FacetsProps {
  choice: LogChoice;
  columns: readonly string[];
  sources: readonly AuditSource[];
  names: ReadonlyMap<string, string>;
  onQuery: (query: string) => void;
}

/** What is most frequent among what is selected; a press keeps only that, a second one takes it back. */
export function Facets({ choice, columns, sources, names, onQuery }: FacetsProps) {
  const { query, node, from, to } = choice;
  const fields = [...ALWAYS.map(([field]) => field), ...columns].slice(0, 12);
  const options = (asked: string, of: readonly string[]) => ({
    ...orpc.audit.facets.queryOptions({
      input: {
        query: asked,
        fields: [...of],
        ...(node === null ? {} : { node }),
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
      },
    }),
    staleTime: EVERY_MS,
    refetchInterval: to === null ? EVERY_MS : (false as const),
  });
  // A field of which values are chosen is counted as if it were not, so that another value can join them.
  const chosen = fields.filter((field) => chosenValues(query, field).length > 0);
  const others = fields.filter((field) => !chosen.includes(field));
  const answers = useQueries({
    queries: [options(query, others), ...chosen.map((field) => options(withoutField(query, field), [field]))],
  });
  const data = answers[0]?.data;
  const found = new Map(
    answers.flatMap((answer) => answer.data?.facets ?? []).map((facet) => [facet.field, facet]),
  );
  const silent = nodesThatSayNothing(sources);
  const groups = fields.flatMap((field) => {
    const facet = found.get(field);
    return facet && facet.values.length > 0 ? [facet] : [];
  });
  if (data && groups.length === 0) return <aside className="facets" aria-label="Most frequent values" />;
  return (
    <aside className="facets" aria-label="Most frequent values">
      {groups.map(({ field, values }) => (
        <Facet
          key={field}
          title={ALWAYS.find(([name]) => name === field)?.[1] ?? field}
          field={field}
          values={values}
          words={
            field === 'category'
              ? categoryWords
              : (value) => (field === 'node' ? (names.get(value) ?? value) : value)
          }
          silent={
            field === 'node'
              ? silent.filter((entry) => !values.some(({ value }) => value === entry.node))
              : []
          }
          query={query}
          onQuery={onQuery}
        />
      ))}
      {data && data.counted >= 50_000 ? (
        <p className="facets__note">Counted over the newest {data.counted.toLocaleString('en')}.</p>
      ) : null}
    </aside>
  );
}

interface FacetProps {
  title: string;
  field: string;
  values: readonly { value: string; count: number }[];
  words: (value: string) => string;
  silent: readonly { node: string; word: string }[];
  query: string;
  onQuery: (query: string) => void;
}

function Facet({ title, field, values, words, silent, query, onQuery }: FacetProps) {
  const [all, setAll] = useState(false);
  const chosen = chosenValues(query, field);
  const shown = all ? values : values.slice(0, FIRST);
  return (
    <section className="facet" aria-label={title}>
      <h2>{visible(title)}</h2>
      <ul>
        {shown.map(({ value, count }) => {
          const here = chosen.includes(value);
          const name = visible(words(value)) || 'empty';
          return (
            <li key={value}>
              <button
                type="button"
                className="facet__value"
                aria-pressed={here}
                title={here ? `No longer only ${name}` : `Only ${name}`}
                onClick={() => onQuery(toggleValue(query, field, value))}
              >
                <span>{name}</span>
                {here ? <X aria-hidden="true" /> : null}
                <span className="facet__count">{count.toLocaleString('en')}</span>
              </button>
            </li>
          );
        })}
        {silent.map(({ node, word }) => (
          <li key={node} className="facet__silent">
            <span>{visible(words(node))}</span>
            <span>{word}</span>
          </li>
        ))}
      </ul>
      {values.length > FIRST ? (
        <button type="button" className="facet__more" onClick={() => setAll((before) => !before)}>
          {all ? 'Fewer' : `${values.length - FIRST} more`}
        </button>
      ) : null}
    </section>
  );
}
