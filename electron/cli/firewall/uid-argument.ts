import { type Interval, type IntervalSet, normalize } from '#core/firewall/interval.ts';
import { visible } from '#shared/domain/text.ts';
import { usage } from '../failure.ts';

const HIGHEST_UID = 4_294_967_294n;

/** Finds the number of an account by its name; null where only numbers mean anything. */
export type UidOf = ((name: string) => bigint) | null;

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/;

function noUid(text: string): Error {
  return usage(
    `"${visible(text)}" is no account name, no uid and no range of them.`,
    'Such as: --uid 1001 --uid 100000-165535',
  );
}

function named(name: string, uidOf: UidOf): Interval {
  if (uidOf === null)
    throw usage(
      `With --ruleset a uid is a number: which one ${visible(name)} has on the machine of these rules is not known.`,
      `There, this tells: id -u ${visible(name)}`,
    );
  const uid = uidOf(name);
  return [uid, uid];
}

/**
 * Reads one `--uid`: a number, a range, or the name of an account.
 * @throws CommandFailure (wrong usage), and what `uidOf` throws
 */
export function uidRange(text: string, uidOf: UidOf): Interval {
  const trimmed = text.trim();
  const parts = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(trimmed);
  if (!parts) {
    if (NAME.test(trimmed)) return named(trimmed, uidOf);
    throw noUid(text);
  }
  const low = BigInt(parts[1] ?? 0);
  const high = BigInt(parts[2] ?? low);
  if (low > high || high > HIGHEST_UID) throw noUid(text);
  return [low, high];
}

/**
 * Reads all `--uid`: numbers, ranges and names, several with commas between.
 * @returns them as one set, and the first one, which is named first
 * @throws CommandFailure
 */
export function uidsOf(texts: readonly string[], uidOf: UidOf): { uids: IntervalSet; uid: bigint } {
  const ranges = texts.flatMap((text) => text.split(',')).map((text) => uidRange(text, uidOf));
  return { uids: normalize(ranges), uid: ranges[0]?.[0] ?? 0n };
}

/** Ranges as a person reads them: `1001, 100000-165535`. */
export function uidText(uids: IntervalSet): string {
  return uids.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(', ');
}
