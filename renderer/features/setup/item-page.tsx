import { Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECKLIST, type CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import type { Looking } from '../../app/looking.ts';
import { besidePackets } from '../../components/beside-packets.ts';
import { buttonClass } from '../../components/button.tsx';
import { Evidence } from '../../components/evidence.tsx';
import { LookedAt } from '../../components/looked-at.tsx';
import { PacketEvidenceList } from '../../components/packet-evidence.tsx';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { StatusWord } from '../../components/status.tsx';
import { dayInWords } from '../../components/time-words.ts';
import { RepairPart } from './repair-part.tsx';
import type { Setup } from './use-setup.ts';
import { WhyItMatters } from './why-it-matters.tsx';
import './item-page.css';

export interface ItemPageProps {
  node: SwarmNode;
  finding: TrackedFinding;
  setup: Setup;
  looking: Looking;
}

/** One item: what is wrong, how do we know, what would change, what if it goes wrong; and why it matters. */
export function ItemPage({ node, finding, setup, looking }: ItemPageProps) {
  const place = CHECKLIST.indexOf(finding.check);
  const now = useNow();
  const entry = catalogueEntry(finding.check);
  const beside = besidePackets(finding);
  const done = finding.status === 'pass' || finding.status === 'not-applicable';
  return (
    <Page className="item-page">
      <PageHeader
        eyebrow={
          <>
            {place < 0 ? 'Not one of the eleven' : `Step ${place + 1} of ${CHECKLIST.length}`} ·{' '}
            <code>{finding.check}</code>
          </>
        }
        sentence={
          finding.lacking ? `${entry.title}: this version cannot look at it yet.` : visible(finding.summary)
        }
        lead={visible(finding.lacking ? finding.summary : finding.detail) || undefined}
      />
      {done || finding.waiver ? (
        <p className="item-page__status">
          <StatusWord status={finding.status}>{statusInWords(finding, now)}</StatusWord>
        </p>
      ) : null}
      <LookOutcome finding={finding} looking={looking} />
      {finding.evidence.length > 0 || !finding.lacking ? (
        <section className="item-page__part" aria-labelledby="what-we-saw">
          <SectionHeading
            id="what-we-saw"
            title="What we saw"
            aside={<LookedAt at={finding.observedAt} recorded={node.address.kind === 'recorded'} capital />}
          />
          <PacketEvidenceList packets={finding.packets ?? []} listings={finding.listings ?? []} />
          {beside.length > 0 || !finding.packets?.length ? (
            <Evidence
              items={beside}
              omitted={finding.evidenceOmitted}
              nodeName={node.name}
              observedAt={finding.observedAt}
              layout="report"
            />
          ) : null}
        </section>
      ) : null}
      <RepairPart node={node} finding={finding} setup={setup} looking={looking} next={neighbour(place, 1)} />
      <WhyItMatters entry={entry} />
      <Neighbours node={node} place={place} />
    </Page>
  );
}

function statusInWords(finding: TrackedFinding, now: number): string {
  if (finding.waiver) return `Accepted until ${dayInWords(finding.waiver.until, now)}`;
  return finding.status === 'pass' ? 'This is fine' : 'This does not apply here';
}

/** Says what a look brought, for those who do not see the page change. */
function LookOutcome({ finding, looking }: { finding: TrackedFinding; looking: Looking }) {
  const wasRunning = useRef(false);
  const [words, setWords] = useState('');
  const running = looking.running.length > 0;
  const { ended } = looking;
  useEffect(() => {
    if (running) setWords('');
    else if (wasRunning.current && ended?.state === 'done') setWords(visible(finding.summary));
    wasRunning.current = running;
  }, [running, ended, finding.summary]);
  return (
    <p role="status" className="visually-hidden">
      {words}
    </p>
  );
}

function neighbour(place: number, by: 1 | -1): CheckId | null {
  return place < 0 ? null : (CHECKLIST[place + by] ?? null);
}

function Neighbours({ node, place }: { node: SwarmNode; place: number }) {
  const before = neighbour(place, -1);
  const after = neighbour(place, 1);
  const link = (step: string) => ({
    to: '/setup/{-$node}' as const,
    params: { node: node.id },
    search: (search: object) => ({ ...search, step }),
    className: buttonClass('plain'),
  });
  return (
    <nav className="item-page__neighbours no-print" aria-label="Before and after">
      {before ? (
        <Link {...link(before)}>
          <ArrowLeft aria-hidden="true" />
          {catalogueEntry(before).title}
        </Link>
      ) : (
        <span />
      )}
      <Link {...link(after ?? 'summary')}>
        {after ? catalogueEntry(after).title : 'Summary'}
        <ArrowRight aria-hidden="true" />
      </Link>
    </nav>
  );
}
