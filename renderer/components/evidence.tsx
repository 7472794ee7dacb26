import { useState } from 'react';
import type { Evidence as EvidenceEntry } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { countWord } from '#shared/domain/words.ts';
import { Button } from './button.tsx';
import { Disclosure } from './disclosure.tsx';
import { RawText } from './raw-text.tsx';
import { StatusIcon, StatusWord } from './status.tsx';
import { clockTime, pointInTime } from './time-words.ts';
import './evidence.css';

export interface EvidenceProps {
  items: readonly EvidenceEntry[];
  /** How many entries the core left out. */
  omitted?: number;
  /** Where and when it was collected; said at the raw text. */
  nodeName?: string;
  observedAt?: string;
  /** `rows`: what, and at the right edge what it means. `report`: what is wrong stands first, word in front. */
  layout?: 'rows' | 'report';
}

const FIRST_SHOWN = 12;

/** What was looked at and what was seen: a sunken well, and behind it the raw text. */
export function Evidence({ items, omitted = 0, nodeName, observedAt, layout = 'rows' }: EvidenceProps) {
  const [all, setAll] = useState(false);
  const ordered = layout === 'report' ? worstFirst(items) : items;
  const shown = all ? ordered : ordered.slice(0, FIRST_SHOWN);
  const hidden = ordered.length - shown.length;
  const raws = rawTexts(items);
  if (items.length === 0)
    return <p className="quiet">There is no evidence for this: nothing was collected.</p>;
  return (
    <div className="evidence">
      <ul className={`evidence__well evidence__well--${layout}`}>
        {shown.map((item, index) => (
          // Entries have no name of their own and never change place within one finding.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={`evidence__row evidence__row--${item.status}`}>
            {layout === 'report' ? <ReportRow item={item} /> : <Row item={item} />}
          </li>
        ))}
        {hidden > 0 ? (
          <li className="evidence__more">
            <Button variant="link" onClick={() => setAll(true)}>
              Show {hidden} more
            </Button>
          </li>
        ) : null}
        {omitted > 0 && hidden === 0 ? (
          <li className="evidence__more">{omitted.toLocaleString('en')} more were seen and left out here.</li>
        ) : null}
      </ul>
      {raws.length > 0 ? (
        <Disclosure summary="Raw" note={rawNote(raws, nodeName, observedAt)}>
          <div className="evidence__raws">
            {raws.map(({ source, raw }) => (
              <figure key={`${source}\n${raw}`}>
                {raws.length > 1 ? (
                  <figcaption>
                    <code>{visible(source)}</code>
                  </figcaption>
                ) : null}
                <RawText text={raw} label={visible(source)} />
              </figure>
            ))}
          </div>
        </Disclosure>
      ) : null}
    </div>
  );
}

function Row({ item }: { item: EvidenceEntry }) {
  return (
    <>
      <code className="evidence__what">{visible(item.what)}</code>
      <span className={`evidence__seen status--${item.status}`}>
        {item.status === 'not-applicable' ? null : <StatusIcon status={item.status} />}
        <span>{visible(item.seen)}</span>
      </span>
    </>
  );
}

function ReportRow({ item }: { item: EvidenceEntry }) {
  return (
    <>
      {item.status === 'not-applicable' ? (
        <span className="evidence__also">also seen</span>
      ) : (
        <StatusWord status={item.status} />
      )}
      <code className="evidence__what">{visible(item.what)}</code>
      <span className="evidence__meaning">{visible(item.seen)}</span>
    </>
  );
}

const RANK = { fix: 0, review: 1, unknown: 2, waived: 3, pass: 4, 'not-applicable': 5 } as const;

function worstFirst(items: readonly EvidenceEntry[]): EvidenceEntry[] {
  return items.toSorted((one, other) => RANK[one.status] - RANK[other.status]);
}

interface RawSource {
  source: string;
  raw: string;
}

/** @returns each raw text once, in the order of the evidence */
function rawTexts(items: readonly EvidenceEntry[]): RawSource[] {
  const seen = new Map<string, RawSource>();
  for (const { source, raw } of items) {
    if (raw !== null) seen.set(`${source}\n${raw}`, { source, raw });
  }
  return [...seen.values()];
}

function rawNote(raws: readonly RawSource[], nodeName?: string, observedAt?: string): string {
  const sources = [...new Set(raws.map(({ source }) => visible(source)))];
  const named =
    sources.length > 2 ? `${sources[0]} and ${countWord(sources.length - 1)} more` : sources.join(', ');
  const where = nodeName ? ` on ${nodeName}` : '';
  return observedAt ? `${named} · collected${where} ${collectedWhen(observedAt)}` : named;
}

/** The clock alone means today. */
function collectedWhen(at: string): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  return today ? `at ${clockTime(at)}` : `on ${pointInTime(at, Date.now())}`;
}
