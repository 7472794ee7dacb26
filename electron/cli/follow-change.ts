import type { ApiClient } from '#core/api/direct-client.ts';
import { readStream } from '#shared/contract/read-stream.ts';
import { type AppliedChange, type ChangeState, WHEN_LET } from '#shared/domain/plan.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { progressLine, type Terminal } from './terminal.ts';

/** Where a command stops to follow: at rest, or waiting for a person. */
const STOPS: ReadonlySet<ChangeState> = new Set([
  'unconfirmed',
  'done',
  'not-verified',
  'rolled-back',
  'reverted',
  'undone',
  'stuck',
]);

/**
 * Follows a change until it is at rest or waits to be kept. Progress goes to standard error.
 * @throws CommandFailure when the console stops before, or when only a person's answer brings the change on
 */
export async function followChange(
  client: ApiClient,
  id: string,
  terminal: Terminal,
  stops: ReadonlySet<ChangeState> = STOPS,
): Promise<AppliedChange> {
  const controller = new AbortController();
  const progress = progressLine(terminal.error);
  // The console's own timers keep no process alive, and a node that does not answer is asked again by one.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const present = await client.fixes.get({ change: id });
    if (stops.has(present.state)) return present;
    refuseToWait(present);
    const messages = readStream<AppliedChange[], AppliedChange>({
      open: (input, options) => client.fixes.progress(input, options),
      acknowledge: (input) => client.streams.acknowledge(input),
      signal: controller.signal,
      onBreak: () => progress.show('The connection to the console was lost, trying again'),
    });
    for await (const message of messages) {
      if (message.kind === 'skipped') continue;
      const all: AppliedChange[] = message.kind === 'snapshot' ? message.value : [message.value];
      const change = all.find((one) => one.id === id);
      if (change === undefined) continue;
      if (stops.has(change.state)) return await client.fixes.get({ change: id });
      refuseToWait(change);
      progress.show(presentWords(change));
    }
    throw couldNot(
      'The console stopped before the change was at rest.',
      'It goes on with it at its next start.',
    );
  } finally {
    clearInterval(alive);
    controller.abort();
    progress.clear();
  }
}

/** Nobody is asked twice by itself, so waiting would have no end. */
function refuseToWait({ error }: AppliedChange): void {
  if (error?.includes(WHEN_LET)) throw couldNot(error, '');
}

/** States after {@link STOPS} without the one that waits for a person. */
export const AT_REST: ReadonlySet<ChangeState> = new Set(
  [...STOPS].filter((state) => state !== 'unconfirmed'),
);

function presentWords(change: AppliedChange): string {
  const done = change.steps.filter((step) => step.state === 'done').length;
  const running = change.steps.find((step) => step.state === 'running');
  if (change.state === 'rolling-back') return `Being taken back. ${change.error ?? ''}`.trim();
  const what = change.state === 'verifying' ? 'looking at it anew' : (running?.title ?? change.state);
  return `${done} of ${change.steps.length}: ${what}`;
}

/** 0 when it is done and seen to be, 1 when something is left to look at, 2 when it was not done. */
export function exitCodeOfChange(change: AppliedChange): ExitCode {
  if (change.state === 'done') return EXIT.fine;
  return change.state === 'not-verified' || change.state === 'unconfirmed' ? EXIT.found : EXIT.couldNot;
}
