import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { LEVELS } from '#shared/domain/level.ts';
import { visible } from '#shared/domain/text.ts';
import { AdministratorLook } from '../../components/administrator-look.tsx';
import { besidePackets } from '../../components/beside-packets.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { Evidence } from '../../components/evidence.tsx';
import { HistoryStrip } from '../../components/history-strip.tsx';
import { PacketEvidenceList } from '../../components/packet-evidence.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import { StaleNote } from '../../components/stale-note.tsx';
import { statusWord } from '../../components/status-words.ts';
import { clockTime, exactTime, relativeTime } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { FindingAside } from './finding-aside.tsx';
import { SiblingStrip } from './sibling-strip.tsx';
import type { Row } from './triage.ts';

/** What unfolds under a row: sentence, evidence, raw, thirty days; and beside it what to do. */
export function FindingPanel({ row, on }: { row: Row; on: string | undefined }) {
  const [node, setNode] = useState(on ?? row.lead.node);
  const finding = row.siblings.find((entry) => entry.node === node) ?? row.lead;
  const beside = besidePackets(finding);
  if (finding.lacking) return <LackingWords finding={finding} />;
  return (
    <>
      {row.siblings.length > 1 ? (
        <SiblingStrip findings={row.siblings} chosen={finding.node} onChoose={setNode} />
      ) : null}
      <div className="finding__columns">
        <div className="finding__main">
          <Words finding={finding} headline={row.lead === finding ? row.headline : null} />
          <PacketEvidenceList packets={finding.packets ?? []} listings={finding.listings ?? []} />
          {beside.length > 0 || !finding.packets?.length ? (
            <Evidence
              items={beside}
              omitted={finding.evidenceOmitted}
              nodeName={visible(finding.nodeName)}
              observedAt={finding.observedAt}
            />
          ) : null}
          <History finding={finding} />
          <Why finding={finding} />
        </div>
        <FindingAside key={finding.node} finding={finding} />
      </div>
    </>
  );
}

/** Plain sentences: what follows, how it was before, why it could not be seen, what was decided. */
function Words({ finding, headline }: { finding: TrackedFinding; headline: string | null }) {
  const { before, waiver } = finding;
  return (
    <div className="finding__words">
      {headline === null || headline === catalogueEntry(finding.check).title ? (
        <p className="finding__summary">{visible(finding.summary)}</p>
      ) : null}
      {finding.detail ? <p>{visible(finding.detail)}</p> : null}
      {before && before.status !== finding.status ? (
        <p>
          Was {statusWord(before.status)} until <Until at={before.until} />.
        </p>
      ) : null}
      {finding.changed ? (
        <p>
          Changed <Until at={finding.changed.at} />: {visible(finding.changed.words)}
        </p>
      ) : null}
      {finding.wouldHelp ? <p>It would help to {visible(finding.wouldHelp)}.</p> : null}
      {wantsAdministrator(finding) ? (
        <AdministratorLook node={finding.node} nodeName={finding.nodeName} small />
      ) : null}
      {waiver ? (
        <p>
          Accepted until <RelativeTime at={waiver.until} />: {visible(waiver.reason)}
        </p>
      ) : null}
      {finding.declared.length > 0 ? (
        <p>Meant, as you declared: {finding.declared.map((entry) => visible(entry)).join('; ')}.</p>
      ) : null}
      {finding.stale ? <StaleNote nodeName={visible(finding.nodeName)} since={finding.observedAt} /> : null}
    </div>
  );
}

/** `16:40`, `yesterday at 21:04`, `3 November`: a point in time, not how long ago. */
function Until({ at }: { at: string }) {
  const now = useNow();
  const today = relativeTime(at, now, true) === clockTime(at);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {today ? clockTime(at) : relativeTime(at, now)}
    </time>
  );
}

const HISTORY_DAYS = 30;

function History({ finding }: { finding: TrackedFinding }) {
  const { node, check } = finding;
  const history = useQuery(
    orpc.findings.history.queryOptions({ input: { node, check, days: HISTORY_DAYS } }),
  );
  if (history.isError) return <p className="finding__quiet">Its history could not be read.</p>;
  // The strip's place is kept, so that nothing jumps when it arrives.
  return (
    <div className="finding__history">{history.data ? <HistoryStrip days={history.data.days} /> : null}</div>
  );
}

/** Why it matters, folded: the plain reason, a story, and what would change the verdict. */
function Why({ finding }: { finding: TrackedFinding }) {
  const entry = catalogueEntry(finding.check);
  const level = LEVELS[entry.level];
  return (
    <Disclosure summary="Why it matters" note={level ? `counts for ${level.name}` : undefined}>
      <div className="finding__why">
        <p>{entry.why}</p>
        <p>{entry.story}</p>
        {finding.wouldChange ? <p>{visible(finding.wouldChange)}</p> : null}
      </div>
    </Disclosure>
  );
}

/** A check that this version lacks: says so, and what it would ask. */
function LackingWords({ finding }: { finding: TrackedFinding }) {
  const entry = catalogueEntry(finding.check);
  const level = LEVELS[entry.level];
  return (
    <div className="finding__main finding__words">
      <p>{entry.lackingBecause ?? finding.summary}</p>
      <p>
        {entry.question} {entry.why}
      </p>
      {level ? (
        <p className="finding__quiet">
          It counts for {level.name}. Until it can be looked at, no node is called {level.name}.
        </p>
      ) : null}
    </div>
  );
}
