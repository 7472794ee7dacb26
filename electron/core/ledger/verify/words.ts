import type { Verification } from '#shared/contract/activity.ts';

type Judged = Pick<
  Verification,
  'verified' | 'against' | 'upTo' | 'at' | 'from' | 'size' | 'ownUpTo' | 'problems'
>;

/** `2026-11-22 06:10:05 UTC` */
function timeOf(at: string | null): string {
  return at === null ? 'a time that is not known' : `${at.slice(0, 19).replace('T', ' ')} UTC`;
}

const figure = (count: number): string => count.toLocaleString('en');
const events = (count: number): string => (count === 1 ? '1 event' : `${figure(count)} events`);

/**
 * What came of verifying, to be shown as it is. Never more than was shown: "verified up to event N at time T", and against
 * what; else from which event on nothing can be vouched for.
 * @param elsewhere how many events the checkpoint kept elsewhere covers; null without one
 */
export function sentenceOf(report: Judged, elsewhere: number | null): string {
  const sentence =
    report.from === null ? withoutWrongEvent(report) : withWrongEvent(report, report.from, elsewhere);
  return sentence.slice(0, 1_024);
}

function withoutWrongEvent({ verified, against, upTo, at, size, problems }: Judged): string {
  const [problem] = problems;
  if (!verified && problem !== undefined) {
    return size === 0
      ? problem.message
      : `No event was found changed, but something is not as it was left: ${problem.message}`;
  }
  if (size === 0) return 'There is no event yet, so there is nothing to verify.';
  const proven = `Verified up to event ${figure(upTo)} at ${timeOf(at)}, against`;
  if (against === 'own') {
    return `${proven} this console's own checkpoint. Whoever can write this console's folder could have made both: compare with a checkpoint kept elsewhere too.`;
  }
  const younger = size - upTo;
  return younger === 0
    ? `${proven} a checkpoint kept elsewhere.`
    : `${proven} a checkpoint kept elsewhere. The ${events(younger)} after it ${younger === 1 ? 'is' : 'are'} younger than that checkpoint and vouched for by this console's own alone.`;
}

function withWrongEvent(
  { against, upTo, problems, ownUpTo }: Judged,
  from: number,
  elsewhere: number | null,
): string {
  const about = problems.filter((problem) => problem.event !== null && problem.event >= from);
  // What happened to the event itself says more than that a root is another one.
  const [telling] = [...about.filter((problem) => problem.code !== 'root-differs'), ...about, ...problems];
  const reason = telling?.message ?? '';
  const before = from - 1;
  const first = `From event ${figure(from)} on nothing can be vouched for. ${reason}`.trim();
  if (before === 0) return first;
  const those = `${events(before)} before it ${before === 1 ? 'is' : 'are'}`;
  const byBoth = against === 'elsewhere' && upTo >= Math.min(before, elsewhere ?? 0) && upTo > 0;
  if (byBoth) return `${first} The ${those} as recorded, against a checkpoint kept elsewhere.`;
  return ownUpTo > 0 ? `${first} The ${those} vouched for by this console's own checkpoints alone.` : first;
}
