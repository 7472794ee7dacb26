import type { ScriptOutput } from '#core/facts/collector.ts';
import { decodeText } from '#core/facts/script/decode.ts';
import type { EvidenceOutcome } from '#shared/domain/incident/evidence.ts';
import { visible } from '#shared/domain/text.ts';
import type { ReadPiece } from './read-pieces.ts';
import { PIECE_BYTES } from './script.ts';

/** Pieces of start files are shorter; a piece of just one byte more than either is the beginning of a longer one. */
const BOUNDS: ReadonlySet<number> = new Set([PIECE_BYTES + 1, 1024 * 1024 + 1]);

const ABSENT: Readonly<Record<string, { outcome: EvidenceOutcome; why: string }>> = {
  'not-there': { outcome: 'not-there', why: '' },
  'not-allowed': {
    outcome: 'not-allowed',
    why: 'Closed to the account that looked; an administrator could read it.',
  },
  link: { outcome: 'failed', why: 'It is a link or lies behind one, and was not followed.' },
  'no-file': { outcome: 'failed', why: 'It is no plain file, and was not opened.' },
  'odd-name': { outcome: 'failed', why: 'Its name has a line end in it; it was told and not opened.' },
  'no-tools': {
    outcome: 'failed',
    why: 'The node lacks one of these programs, without which nothing can be taken.',
  },
};

/** @returns what a piece is called for a person: command or path, with nothing unseen in it */
export function originOf(piece: Pick<ReadPiece, 'origin'>): string {
  return visible(decodeText(piece.origin, 4_096)).slice(0, 4_096) || '(without a name)';
}

/**
 * How a piece came out.
 * @param job how the shell that took it ended
 * @param privileged whether it was an administrator's
 */
export function outcomeOf(
  piece: ReadPiece,
  job: Pick<ScriptOutput, 'timedOut' | 'cut'>,
  privileged: boolean,
): { outcome: EvidenceOutcome; why: string } {
  if (piece.kind === 'absent')
    return ABSENT[piece.reason] ?? { outcome: 'failed', why: 'The node gave no reason that is known here.' };
  const { end, content } = piece;
  if (end === null) {
    if (job.timedOut)
      return { outcome: 'timed-out', why: 'It took too long and was ended; this is what came until then.' };
    if (job.cut) return { outcome: 'cut', why: 'It is longer than what is taken; this is its beginning.' };
    return { outcome: 'failed', why: 'It broke off; this is what came until then.' };
  }
  if (end.sha256 !== piece.received)
    return {
      outcome: 'failed',
      why: 'What arrived is not what the node hashed. It may have been changed on the way.',
    };
  if (end.status === 124 || end.status === 137)
    return { outcome: 'timed-out', why: 'It took too long and was ended; this is what came until then.' };
  if (BOUNDS.has(content.length) || end.status === 141)
    return { outcome: 'cut', why: 'It is longer than what is taken of it.' };
  if (end.status === 0) return { outcome: 'whole', why: '' };
  if (content.length === 0)
    return privileged
      ? { outcome: 'failed', why: `It ended with status ${end.status} and gave nothing.` }
      : {
          outcome: 'not-allowed',
          why: 'It gave nothing to an ordinary account; an administrator may see it.',
        };
  return privileged
    ? { outcome: 'whole', why: `It ended with status ${end.status}.` }
    : {
        outcome: 'cut',
        why: 'Parts of it were closed to an ordinary account; an administrator may see them.',
      };
}

/** @returns the end of a name in the archive: letters, digits and dashes of the origin, at most 40 */
export function slugOf(origin: string): string {
  const slug = origin
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // Of a path the end says more.
  const end = slug.length > 40 ? (origin.startsWith('/') ? slug.slice(-40) : slug.slice(0, 40)) : slug;
  return end.replace(/^-+|-+$/g, '') || 'unnamed';
}
