import type { ApiClient } from '#core/api/direct-client.ts';
import type { LookState } from '#shared/contract/looks.ts';
import { readStream } from '#shared/contract/read-stream.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { countChecks } from '#shared/domain/counting.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { couldNot } from './failure.ts';
import { type CheckReport, inOrder } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

const ENDED: ReadonlySet<LookState['state']> = new Set(['done', 'failed', 'cancelled']);

/**
 * Looks at a node through the console, so that the look is kept, and what the operator declared and accepted counts.
 * @param only checks to show; the console looks at all, so that the level stays true
 * @param administrator with the rights of an administrator, for which a password may be asked
 * @throws CommandFailure when the look failed or was cancelled
 */
export async function lookThroughConsole(
  client: ApiClient,
  node: SwarmNode,
  only: readonly CheckId[] | null,
  terminal: Terminal,
  administrator = false,
): Promise<CheckReport> {
  const { looks } = await client.looks.start({
    nodes: [node.id],
    ...(administrator ? { administrator } : {}),
  });
  const [started] = looks;
  if (started === undefined) throw couldNot(`The look at ${node.name} did not begin.`);
  const ended = await whenEnded(client, started, terminal);
  if (ended.state !== 'done') {
    throw couldNot(
      ended.error ?? `The look at ${node.name} was stopped.`,
      'Findings are as they were before.',
    );
  }
  const [all, overview] = await Promise.all([
    client.findings.list({ node: node.id }),
    client.findings.overview({ node: node.id }),
  ]);
  const findings = all.filter((finding) => only === null || only.includes(finding.check)).map(inOrder);
  return {
    node: { id: node.id, name: node.name, reachedBy: node.address.kind },
    level: overview.standings.find((standing) => standing.node === node.id)?.level ?? null,
    counts: countChecks(findings),
    findings,
  };
}

/** Follows a look to its end. It may be over already: the snapshot holds what ended in the last minute. */
async function whenEnded(client: ApiClient, started: LookState, terminal: Terminal): Promise<LookState> {
  if (ENDED.has(started.state)) return started;
  const controller = new AbortController();
  const progress = progressLine(terminal.error);
  try {
    const messages = readStream<LookState[], LookState>({
      open: (input, options) => client.looks.progress(input, options),
      acknowledge: (input) => client.streams.acknowledge(input),
      signal: controller.signal,
      onBreak: () => progress.show('The connection to the console was lost, trying again'),
    });
    for await (const message of messages) {
      if (message.kind === 'skipped') continue;
      const states: LookState[] = message.kind === 'snapshot' ? message.value : [message.value];
      const state = states.find((candidate) => candidate.look === started.look);
      if (state === undefined) continue;
      if (ENDED.has(state.state)) return state;
      const { subjectsDone, subjectsTotal, present } = state;
      progress.show(`Looking at ${state.nodeName}: ${subjectsDone} of ${subjectsTotal}, ${present}`);
    }
    throw couldNot('The console stopped before the look was over.');
  } finally {
    controller.abort();
    progress.clear();
  }
}
