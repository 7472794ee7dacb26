import type { TrackedFinding } from './finding.ts';
import { shortened, visible } from './text.ts';
import { capital, sentence } from './words.ts';

/** How things are now, as one phrase with a subject: what the machine calls it, then what that means. */
export interface NowWords {
  /** From the machine, to be set in mono; empty where the sentence stands alone. */
  subject: string;
  /** Our words; they go on after the subject, with their own sign in front: `: every address`, ` would leave …`. */
  words: string;
}

/** A subject is a name to read, not the whole of the evidence, which stands beside it. */
const SUBJECT = 160;

function ofPacket({ outcome, packet, because }: NonNullable<TrackedFinding['packets']>[number]): NowWords {
  const subject = visible(packet);
  const why = visible(because);
  if (outcome === 'open') return { subject, words: sentence(/^would /.test(why) ? ` ${why}` : `: ${why}`) };
  if (outcome === 'too-strict') return { subject, words: sentence(` is stopped: ${why}`) };
  return { subject: '', words: sentence(`${capital(subject)}: ${why}`) };
}

/**
 * What the card of a finding says under "Now". It always names what it speaks of: the first packet that decides, else the
 * first entry of the evidence that has the status of the finding.
 * @returns null when there is nothing to say, as for a finding without evidence
 */
export function nowOf({
  status,
  evidence,
  packets = [],
  waiver,
  wouldHelp,
}: Pick<TrackedFinding, 'status' | 'evidence' | 'packets' | 'waiver' | 'wouldHelp'>): NowWords | null {
  if (waiver !== null) return { subject: '', words: sentence(`Accepted: ${visible(waiver.reason)}`) };
  const worst = evidence.find((entry) => entry.status === status);
  const isReason = status === 'unknown' ? /^unknown$/ : /^(open|too-strict|not-kept)$/;
  const packet =
    worst === undefined
      ? packets.find(({ outcome }) => isReason.test(outcome))
      : packets.find((one) => worst.what.includes(one.packet));
  const help = wouldHelp === null ? '' : ` ${sentence(`It would help to ${visible(wouldHelp)}`)}`;
  const entry: NowWords | null =
    worst === undefined
      ? null
      : { subject: shortened(visible(worst.what), SUBJECT), words: sentence(`: ${visible(worst.seen)}`) };
  const said = packet === undefined ? entry : ofPacket(packet);
  if (said === null) return help === '' ? null : { subject: '', words: help.trim() };
  return { ...said, words: `${said.words}${help}` };
}
