import { createHash } from 'node:crypto';
import { ConsoleError, type ConsoleIncidents } from '#core/console/service.ts';
import { byUrgency } from '#shared/domain/incident/follow-up-order.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import type { RebuildKit } from '#shared/domain/incident/rebuild.ts';
import type { Runbook } from '../runbook/engine.ts';
import type { RunbookParts } from '../runbook/parts.ts';
import { orThrow, refusedStep } from '../runbook/refusal-words.ts';
import { gateOf } from './ask-gate.ts';
import { kitArchive } from './kit-archive.ts';
import type { Rebuilding } from './rebuilding.ts';

type Group = Pick<
  ConsoleIncidents,
  'kitProposal' | 'makeKit' | 'meetAgain' | 'gate' | 'takeBaseline' | 'followUps'
>;

/** The procedures that set the node of an incident up anew, and those that follow up what it asked to be changed. */
export function rebuildGroup(desk: {
  parts: RunbookParts;
  runbook: Runbook;
  need(id: string): Promise<Incident>;
  show(incident: Incident): Promise<IncidentView>;
}): Group {
  const { parts, runbook, need, show } = desk;

  /** @throws ConsoleError NOT_ALLOWED, NOT_SUPPORTED_HERE */
  async function ofNode(id: string): Promise<{ incident: Incident; node: string; rebuilding: Rebuilding }> {
    const incident = await need(id);
    const { rebuilding } = parts;
    const step = incident.steps.find(({ action }) => action === 'rebuild');
    if (incident.node === null || step === undefined)
      throw refusedStep('No node of this incident is set up anew.', 'Look at its steps.');
    if (rebuilding !== null) return { incident, node: incident.node, rebuilding };
    throw new ConsoleError('NOT_SUPPORTED_HERE', 'Nodes cannot be set up anew from here.', {
      untouched: 'Nothing was changed.',
      next: 'Open the console that reaches them.',
    });
  }

  return {
    async kitProposal({ incident }) {
      const { node, rebuilding } = await ofNode(incident);
      return rebuilding.proposal(node);
    },
    async makeKit({ incident: id, wish }) {
      const { incident, node, rebuilding } = await ofNode(id);
      if (incident.closedAt !== null) throw orThrow('closed');
      const kit = await rebuilding.kit({ ...wish, node });
      const file = kitArchive(kit, incident.number);
      const { hostName, account } = wish;
      const move = { kind: 'kit-made', sha256: kitHash(kit), hostName, account } as const;
      return { kit, file, incident: await show(orThrow(await runbook.journal.move(id, move))) };
    },
    async meetAgain({ incident: id, code }) {
      const { incident, node, rebuilding } = await ofNode(id);
      if (incident.closedAt !== null) throw orThrow('closed');
      // Before the former keys are replaced: without them nobody can call the new one new.
      const before = await rebuilding.before(node, incident.since);
      orThrow(await runbook.journal.move(id, { kind: 'known-before', before }));
      const fingerprint = await rebuilding.meet(node, code, incident.rebuild.kit?.account ?? null);
      return show(orThrow(await runbook.journal.move(id, { kind: 'host-key', fingerprint }, 'go-on')));
    },
    async gate({ incident: id }) {
      const { incident, node, rebuilding } = await ofNode(id);
      return gateOf(incident, await rebuilding.now(node));
    },
    async takeBaseline({ incident: id }) {
      const { node } = await ofNode(id);
      const taken = await parts.investigation?.takeBaseline(node, 'on-demand');
      if (taken === undefined)
        throw refusedStep('Nodes cannot be asked from here.', 'Open the console that reaches them.');
      return { takenAt: taken.takenAt, files: taken.files };
    },
    async followUps() {
      const all = (await parts.store.incidentsToFollow()).flatMap(({ id, number, name, followUps }) =>
        followUps.map((followUp) => ({ incident: id, of: number, name, followUp })),
      );
      return byUrgency(all).slice(0, 512);
    },
  };
}

/** SHA-256 over the hashes of all files with their names, 64 hex digits: it is in the record, and tells one kit from another. */
export function kitHash({ files }: Pick<RebuildKit, 'files'>): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
