import { ClaimedStep } from '#core/incidents/runbook/incident-registry.ts';
import type { GuardedContract } from './guarded-contract.ts';
import type { IncidentApi } from './incident-api.ts';
import type { StreamHub } from './stream-hub.ts';

/** Answers everything about incidents. @param os the contract behind the guard */
export function incidentHandlers({ incidents: os }: GuardedContract, hub: StreamHub, api: IncidentApi) {
  return {
    list: os.list.handler(({ input }) => api.group.list(input)),
    get: os.get.handler(({ input }) => api.group.get(input)),
    entries: os.entries.handler(({ input }) => api.group.entries(input)),
    draft: os.draft.handler(({ input }) => api.group.draft(input)),
    start: os.start.handler(({ input }) => api.group.start(input)),
    move: os.move.handler(({ input }) => api.group.move(input)),
    plan: os.plan.handler(({ input }) => api.group.plan(input)),
    begin: os.begin.handler(({ context }) => {
      if (!(context.claimed instanceof ClaimedStep))
        throw new Error('A step of an incident was ordered past the guard');
      return api.group.begin(context.claimed);
    }),
    investigate: os.investigate.handler(({ input }) => api.group.investigate(input)),
    cancel: os.cancel.handler(({ input }) => api.group.cancel(input)),
    tryAgain: os.tryAgain.handler(({ input }) => api.group.tryAgain(input)),
    cablePulled: os.cablePulled.handler(({ input }) => api.group.cablePulled(input)),
    result: os.result.handler(({ input }) => api.group.result(input)),
    evidence: os.evidence.handler(({ input }) => api.group.evidence(input)),
    timeline: os.timeline.handler(({ input }) => api.group.timeline(input)),
    credentials: os.credentials.handler(({ input }) => api.group.credentials(input)),
    report: os.report.handler(({ input }) => api.group.report(input)),
    kitProposal: os.kitProposal.handler(({ input }) => api.group.kitProposal(input)),
    makeKit: os.makeKit.handler(({ input }) => api.group.makeKit(input)),
    meetAgain: os.meetAgain.handler(({ input }) => api.group.meetAgain(input)),
    gate: os.gate.handler(({ input }) => api.group.gate(input)),
    takeBaseline: os.takeBaseline.handler(({ input }) => api.group.takeBaseline(input)),
    followUps: os.followUps.handler(() => api.group.followUps(undefined)),
    hunt: os.hunt.handler(({ input }) => api.group.hunt(input)),
    progress: os.progress.handler(({ input, context, signal }) =>
      hub.open(api.progress, context.caller, input, signal),
    ),
  };
}
