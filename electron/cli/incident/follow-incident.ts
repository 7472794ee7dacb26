import type { ApiClient } from '#core/api/direct-client.ts';
import { readStream } from '#shared/contract/read-stream.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { couldNot } from '../failure.ts';
import { progressLine, type Terminal } from '../terminal.ts';

const ofStep = ({ incident }: IncidentView, step: string) => incident.steps.find((one) => one.step === step);

/**
 * Follows a step until it is not under way any more. Progress goes to standard error.
 * @throws CommandFailure when the console stops before
 */
export async function untilStepRests(
  client: ApiClient,
  begun: IncidentView,
  step: string,
  terminal: Terminal,
): Promise<IncidentView> {
  const controller = new AbortController();
  const progress = progressLine(terminal.error);
  try {
    const messages = readStream<IncidentView[], IncidentView>({
      open: (input, options) => client.incidents.progress(input, options),
      acknowledge: (input) => client.streams.acknowledge(input),
      signal: controller.signal,
      onBreak: () => progress.show('The connection to the console was lost, trying again'),
    });
    for await (const message of messages) {
      if (message.kind === 'skipped') continue;
      const views: IncidentView[] = message.kind === 'snapshot' ? message.value : [message.value];
      const view = views.find(({ incident }) => incident.id === begun.incident.id);
      if (view === undefined) continue;
      if (ofStep(view, step)?.state !== 'under-way') return view;
      const doing = view.doing.find((one) => one.step === step);
      progress.show(doing?.words || view.sentence);
    }
    throw couldNot(
      'The console stopped before the step was at rest.',
      'It goes on with it at its next start.',
    );
  } finally {
    controller.abort();
    progress.clear();
  }
}

/** @returns 0: proven; 1: done, and not all of it proven; 2: it did not work */
export function exitOf(view: IncidentView, step: string): 0 | 1 | 2 {
  const found = ofStep(view, step);
  if (found?.state !== 'done') return 2;
  return found.proof === 'proven' ? 0 : 1;
}
