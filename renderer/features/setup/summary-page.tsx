import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Printer } from 'lucide-react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECKLIST } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { LEVELS } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { SampleMark } from '../../components/sample-mark.tsx';
import { StatusWord } from '../../components/status.tsx';
import { dayAndClock, dayInWords } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { progressInWords } from './progress-words.ts';
import type { Setup } from './use-setup.ts';
import './summary-page.css';

export interface SummaryPageProps {
  node: SwarmNode;
  /** The eleven, in order. */
  items: readonly (TrackedFinding | undefined)[];
  /** All findings of the node. */
  findings: readonly TrackedFinding[];
  setup: Setup;
}

/** The end of the set-up: one page that says how the node stands, worth printing. */
export function SummaryPage({ node, items, findings, setup }: SummaryPageProps) {
  const now = useNow();
  const navigate = useNavigate();
  const { data: overview } = useQuery(orpc.findings.overview.queryOptions({ input: { node: node.id } }));
  const level = overview?.standings.find((standing) => standing.node === node.id)?.level;
  const accepted = findings.filter((finding) => finding.waiver !== null);
  const recorded = node.address.kind === 'recorded';
  const seenAt = recorded ? (overview?.lookedAt ?? null) : node.lastLookAt;
  const lookedAt = seenAt ? Date.parse(seenAt) : null;
  const finished = setup.progress?.finishedAt;
  return (
    <Page className="summary-page">
      <PageHeader
        eyebrow={
          lookedAt === null
            ? 'Summary'
            : `Summary · ${recorded ? 'recorded' : 'looked at'} on ${dayAndClock(lookedAt)}`
        }
        sentence={sentenceOf(node.name, level, items)}
        lead={level === undefined || level === null ? undefined : nextStep(level)}
      />
      {node.address.kind === 'recorded' && node.address.sample ? (
        <p className="summary-page__sample">
          <SampleMark short />
        </p>
      ) : null}
      <ol className="summary-page__items">
        {CHECKLIST.map((check, index) => {
          const item = items[index];
          return (
            <li key={check}>
              <span className="summary-page__number">{index + 1}</span>
              <div className="summary-page__words">
                <Link
                  to="/setup/{-$node}"
                  params={{ node: node.id }}
                  search={(before) => ({ ...before, step: check })}
                  className="summary-page__title"
                >
                  {catalogueEntry(check).title}
                </Link>
                <p>{item ? visible(item.summary) : 'Nobody has looked at this yet.'}</p>
              </div>
              <StatusWord status={item?.status ?? 'unknown'} />
            </li>
          );
        })}
      </ol>
      {accepted.length > 0 ? (
        <section aria-labelledby="summary-accepted" className="summary-page__part">
          <SectionHeading id="summary-accepted" title="Accepted for a while" />
          <ul className="summary-page__accepted">
            {accepted.map((finding) => (
              <li key={finding.check}>
                <strong>{catalogueEntry(finding.check).title}</strong> until{' '}
                {finding.waiver ? dayInWords(finding.waiver.until, now) : ''}: {finding.waiver?.reason}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <div className="summary-page__buttons no-print">
        {node.address.kind === 'recorded' ? (
          <Link
            to="/setup/{-$node}"
            params={{ node: undefined }}
            search={{ add: true, node: undefined }}
            className={buttonClass('filled')}
          >
            Add a node of your own
          </Link>
        ) : finished ? (
          <p className="quiet">You finished this on {dayInWords(finished, now)}.</p>
        ) : (
          <Button
            variant="filled"
            onClick={() => {
              setup.finish();
              void navigate({ to: '/' });
            }}
          >
            Finish
          </Button>
        )}
        <Button icon={<Printer aria-hidden="true" />} onClick={() => window.print()}>
          Print this page
        </Button>
      </div>
      <p className="summary-page__foot">
        Only what could be looked at is called fine. “Could not look” holds a node below its next step, as an
        open finding does.
      </p>
    </Page>
  );
}

function sentenceOf(
  name: string,
  level: number | null | undefined,
  items: readonly (TrackedFinding | undefined)[],
): string {
  const step = LEVELS.find((entry) => entry.level === level)?.name;
  const words = progressInWords(items);
  return step ? `${name} stands on ${step}. ${words}.` : `${name}: ${words}.`;
}

function nextStep(level: number): string | undefined {
  const next = LEVELS.find((entry) => entry.level === level + 1);
  return next ? `The next step is ${next.name}: ${next.meaning.toLowerCase()}.` : 'There is no higher step.';
}
