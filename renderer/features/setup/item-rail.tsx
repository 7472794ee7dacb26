import { Link } from '@tanstack/react-router';
import { FileText, ScanSearch } from 'lucide-react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECKLIST, type CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { useIsNarrow } from '../../app/use-is-narrow.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';
import { progressInWords } from './progress-words.ts';
import './item-rail.css';

export interface ItemRailProps {
  node: SwarmNode;
  /** In the order of the checklist; undefined where nobody looked. */
  items: readonly (TrackedFinding | undefined)[];
  /** Id of the item that is shown, `profile` or `summary`. */
  step: string;
  later: readonly CheckId[];
}

/** The eleven items with how each stands, and how far the whole is. */
export function ItemRail({ node, items, step, later }: ItemRailProps) {
  const narrow = useIsNarrow();
  const list = <Items node={node} items={items} step={step} later={later} />;
  return (
    <aside className="item-rail" aria-label={`Securing ${visible(node.name)}`}>
      <div className="item-rail__inside">
        <h2 title={visible(node.name)}>Securing {visible(node.name)}</h2>
        <p className="item-rail__words">{progressInWords(items)}</p>
        <div className="item-rail__segments" aria-hidden="true">
          {CHECKLIST.map((check, index) => (
            <span
              key={check}
              className={`item-rail__segment item-rail__segment--${check === step ? 'here' : (items[index]?.status ?? 'unknown')}`}
            />
          ))}
        </div>
        {narrow ? <Disclosure summary="All items">{list}</Disclosure> : list}
      </div>
    </aside>
  );
}

/** Words that fit beside the longest title. */
const SHORT_WORDS: Partial<Record<FindingStatus, string>> = {
  'not-applicable': 'not needed',
};

function Items({ node, items, step, later }: ItemRailProps) {
  return (
    <nav className="item-rail__list" aria-label="Items">
      {CHECKLIST.map((check, index) => {
        const status = items[index]?.status ?? 'unknown';
        const here = check === step;
        const put = later.includes(check) && status !== 'pass' && status !== 'not-applicable';
        return (
          <Link
            key={check}
            to="/setup/{-$node}"
            params={{ node: node.id }}
            search={(before) => ({ ...before, step: check })}
            className={here ? 'item-rail__item item-rail__item--here' : 'item-rail__item'}
            aria-current={here ? 'step' : undefined}
          >
            <StatusIcon status={status} />
            <span className="item-rail__title">{catalogueEntry(check).title}</span>
            <span className={here || put ? 'item-rail__word' : 'visually-hidden'}>
              {put ? 'later' : (SHORT_WORDS[status] ?? statusWord(status))}
            </span>
          </Link>
        );
      })}
      <hr />
      <Link
        to="/setup/{-$node}"
        params={{ node: node.id }}
        search={(before) => ({ ...before, step: 'profile' })}
        className={step === 'profile' ? 'item-rail__item item-rail__item--here' : 'item-rail__item'}
        aria-current={step === 'profile' ? 'step' : undefined}
      >
        <ScanSearch aria-hidden="true" />
        <span className="item-rail__title">What was found</span>
      </Link>
      <Link
        to="/setup/{-$node}"
        params={{ node: node.id }}
        search={(before) => ({ ...before, step: 'summary' })}
        className={step === 'summary' ? 'item-rail__item item-rail__item--here' : 'item-rail__item'}
        aria-current={step === 'summary' ? 'step' : undefined}
      >
        <FileText aria-hidden="true" />
        <span className="item-rail__title">Summary</span>
      </Link>
    </nav>
  );
}
