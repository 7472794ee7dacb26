import {
  ArrowRight,
  CircleCheck,
  CircleQuestionMark,
  Eye,
  type LucideIcon,
  Power,
  Wrench,
} from 'lucide-react';
import type { FindingStatus, PacketEvidence, RawListing } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from './disclosure.tsx';
import { PacketWay } from './packet-way.tsx';
import { RawText } from './raw-text.tsx';
import './packet-evidence.css';

type Outcome = PacketEvidence['outcome'];

/** The word of an outcome, what it is to the operator, and its sign. Colour is the word's companion. */
const OUTCOMES: Readonly<Record<Outcome, { word: string; status: FindingStatus; Icon: LucideIcon }>> = {
  open: { word: 'Open', status: 'fix', Icon: Wrench },
  stopped: { word: 'Stopped', status: 'pass', Icon: CircleCheck },
  passes: { word: 'Passes', status: 'pass', Icon: ArrowRight },
  'too-strict': { word: 'Too strict', status: 'review', Icon: Eye },
  'not-kept': { word: 'Not kept', status: 'fix', Icon: Power },
  unknown: { word: 'Cannot tell', status: 'unknown', Icon: CircleQuestionMark },
};

export interface PacketEvidenceListProps {
  packets: readonly PacketEvidence[];
  listings: readonly RawListing[];
}

/**
 * What the rules do with packets: the first one in full, with its way from the sender to where it ends; the others as rows; and
 * the rule sets themselves folded away.
 */
export function PacketEvidenceList({ packets, listings }: PacketEvidenceListProps) {
  const [first, ...others] = packets;
  if (!first) return null;
  const lead = first.way.length > 0 ? first : null;
  const rows = lead ? others : packets;
  return (
    <div className="packets">
      {lead ? (
        <div className={`packets__lead packets__lead--${OUTCOMES[lead.outcome].status}`}>
          <code className="packets__packet">{visible(`${lead.packet} ${lead.because}`)}</code>
          <PacketWay way={lead.way} />
        </div>
      ) : null}
      {rows.length > 0 ? (
        <ul className="packets__rows">
          {rows.map((packet) => (
            <PacketRow key={`${packet.outcome} ${packet.packet} ${packet.because}`} packet={packet} />
          ))}
        </ul>
      ) : null}
      {listings.length > 0 ? (
        <div className="packets__listings">
          <Disclosure summary="Raw rules" note={listings.map(({ title }) => visible(title)).join(' · ')}>
            {listings.map((listing) => (
              <Listing key={listing.title} listing={listing} />
            ))}
          </Disclosure>
        </div>
      ) : null}
    </div>
  );
}

function PacketRow({ packet }: { packet: PacketEvidence }) {
  const { word, status, Icon } = OUTCOMES[packet.outcome];
  return (
    <li className="packets__row">
      <span className={`packets__outcome status--${status}`}>
        <Icon aria-hidden="true" />
        {word}
      </span>
      <code className="packets__what">{visible(packet.packet)}</code>
      <span className="packets__because">{visible(packet.because)}</span>
    </li>
  );
}

function Listing({ listing }: { listing: RawListing }) {
  const { title, text, linesOmitted } = listing;
  return (
    <figure className="packets__listing">
      <figcaption>{visible(title)}</figcaption>
      {text === '' ? (
        <p className="quiet">There is no rule in it.</p>
      ) : (
        <RawText text={text} label={visible(title)} />
      )}
      {linesOmitted > 0 ? (
        <p className="quiet">{linesOmitted.toLocaleString('en')} more lines are not shown here.</p>
      ) : null}
    </figure>
  );
}
