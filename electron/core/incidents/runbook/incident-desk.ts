import type { Context } from '#core/console/context.ts';
import { announce } from '#core/console/context.ts';
import { createEmitter } from '#core/console/emitter.ts';
import type { ConsoleIncidents, ConsoleService } from '#core/console/service.ts';
import { accountName } from '#core/console/tell-ledger.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { Runbook } from './engine.ts';
import { type IncidentDesk, incidentGroup } from './incident-group.ts';
import { IncidentRegistry } from './incident-registry.ts';
import type { RunbookParts } from './parts.ts';
import { shownIncident } from './shown-incident.ts';

/** Everything about incidents, behind the console. */
export interface ConsoleIncidentDesk {
  incidents: ConsoleIncidents;
  close(): Promise<void>;
}

/** Puts the runbook and what carries its steps out together, and goes on with what was left in the middle. */
export async function createIncidentDesk(
  context: Pick<Context, 'store' | 'ledger' | 'clock' | 'changes'>,
  options: {
    isolating: RunbookParts['isolating'];
    investigation: RunbookParts['investigation'];
    rebuilding: RunbookParts['rebuilding'];
    rotations: RunbookParts['rotations'];
    audit: ConsoleService['audit'] | null;
    findings: ConsoleService['findings'];
    /** Of this console. */
    version: string;
    /** How this shell makes a PDF; an installed browser does it where there is none. */
    printPage?: IncidentDesk['printPage'];
    /** False: what was left in the middle stays so. */
    recover: boolean;
    /** For tests. */
    faulty?: Pick<RunbookParts, 'fault'> | undefined;
  },
): Promise<ConsoleIncidentDesk> {
  const emitter = createEmitter<IncidentView>();
  const changed = (incident: Incident): void => {
    void context.store
      .incident({ id: incident.id })
      .then(async (now) => emitter.emit(await shownIncident(runbook, now ?? incident)))
      // Whoever reads next sees it; nobody here could be told.
      .catch(() => undefined);
    announce(context, 'incidents');
  };
  const parts: RunbookParts = {
    store: context.store,
    ledger: context.ledger,
    clock: context.clock,
    who: accountName(),
    isolating: options.isolating,
    investigation: options.investigation,
    rebuilding: options.rebuilding,
    rotations: options.rotations,
    changed,
    ...options.faulty,
  };
  const runbook = new Runbook(parts);
  const registry = new IncidentRegistry();
  if (options.recover) await runbook.recover().catch(() => undefined);
  return {
    incidents: {
      ...incidentGroup({
        parts,
        runbook,
        registry,
        nodes: () => context.store.listNodes(),
        audit: options.audit ?? null,
        findings: options.findings,
        version: options.version,
        printPage: options.printPage,
      }),
      registry,
      topic: {
        snapshot: async () =>
          Promise.all(
            (await context.store.openIncidents()).map((incident) => shownIncident(runbook, incident)),
          ),
        onDelta: emitter.onDelta,
      },
    },
    close: () => runbook.close(),
  };
}
