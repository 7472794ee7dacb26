import { ConsoleError, type ConsoleIncidents, type Topic } from '#core/console/service.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import type { IncidentSteps } from './access.ts';
import { ReplayedTopic } from './replayed-topic.ts';

const NOTHING: Topic<IncidentView[], IncidentView> = { snapshot: () => [], onDelta: () => () => undefined };

/** Incidents behind the contract, also of a console that has none. */
export class IncidentApi {
  readonly progress: ReplayedTopic<IncidentView[], IncidentView>;
  /** What the guard asks about; null where there is none. */
  readonly steps: IncidentSteps | null;
  readonly #incidents: ConsoleIncidents | undefined;

  /** @param keep how many deltas are kept for readers that come back */
  constructor(incidents: ConsoleIncidents | undefined, keep: number) {
    this.#incidents = incidents;
    this.steps =
      incidents === undefined
        ? null
        : {
            registry: incidents.registry,
            nodeOf: async (id) => (await incidents.get({ incident: id })).incident.node,
          };
    this.progress = new ReplayedTopic(incidents?.topic ?? NOTHING, keep);
  }

  /** @throws ConsoleError NOT_SUPPORTED_HERE where the console keeps no incidents */
  get group(): ConsoleIncidents {
    if (this.#incidents) return this.#incidents;
    throw new ConsoleError('NOT_SUPPORTED_HERE', 'This console keeps no incidents.', {
      untouched: 'Nothing was changed.',
      next: 'Open the console that does.',
    });
  }

  close(): void {
    this.progress.close();
  }
}
