import type { RotationNode, RotationRun } from '#shared/domain/rotation/run.ts';

/** A bar of the drawing, in fractions of its width from 0 to 1. */
export interface SplitBar {
  node: string;
  from: number;
  to: number;
  /** Seconds from the restart to the first accepted answer; null while that is not known. */
  seconds: number | null;
}

/** The split window as it is drawn. */
export interface SplitScale {
  /** Seconds from left to right. */
  seconds: number;
  bars: ReadonlyMap<string, SplitBar>;
  /** Between the first and the last node that accepts the new secret, in fractions. */
  band: { from: number; to: number } | null;
  /** Where the present is, in fractions; null once all nodes are done. */
  now: number | null;
}

/**
 * Works out the drawing of a rotation: zero is the instant at which all nodes restart.
 * @param now milliseconds
 * @returns null before the decision
 */
export function splitScale(run: RotationRun, now: number): SplitScale | null {
  const zero = zeroOf(run);
  if (zero === null) return null;
  const open = run.nodes.some(
    (node) => node.committedAt !== null && node.acceptsSince === null && run.endedAt === null,
  );
  const ends = run.nodes.flatMap(({ acceptsSince }) =>
    acceptsSince === null ? [] : [Date.parse(acceptsSince)],
  );
  const latest = Math.max(zero, ...ends, open ? now : zero);
  const seconds = Math.max(3, Math.ceil((latest - zero) / 1_000 + 0.2));
  const place = (at: number): number => {
    const fraction = (at - zero) / 1_000 / seconds;
    return Math.round(Math.min(1, Math.max(0, fraction)) * 10_000) / 10_000;
  };
  const bars = new Map(
    run.nodes.flatMap((node) => {
      const bar = barOf(node, zero, now, place);
      return bar === null ? [] : [[node.node, bar] as const];
    }),
  );
  const band = run.split && {
    from: place(Date.parse(run.split.fromAt)),
    to: place(run.split.toAt === null ? (open ? now : latest) : Date.parse(run.split.toAt)),
  };
  return { seconds, bars, band, now: open ? place(now) : null };
}

function zeroOf({ restartsAt, nodes }: RotationRun): number | null {
  const begun = nodes.flatMap(({ committedAt }) => (committedAt === null ? [] : [Date.parse(committedAt)]));
  if (begun.length > 0) return Math.min(...begun, ...(restartsAt === null ? [] : [Date.parse(restartsAt)]));
  return restartsAt === null ? null : Date.parse(restartsAt);
}

function barOf(
  { node, committedAt, acceptsSince }: RotationNode,
  zero: number,
  now: number,
  place: (at: number) => number,
): SplitBar | null {
  if (committedAt === null && acceptsSince === null) return null;
  const from = committedAt === null ? zero : Date.parse(committedAt);
  const to = acceptsSince === null ? Math.max(from, now) : Date.parse(acceptsSince);
  const seconds = acceptsSince === null ? null : Math.max(0, to - from) / 1_000;
  return { node, from: place(from), to: place(to), seconds };
}
