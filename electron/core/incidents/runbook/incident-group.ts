import { randomBytes } from 'node:crypto';
import { ConsoleError, type ConsoleIncidents, type ConsoleService } from '#core/console/service.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { stepResult } from '#shared/domain/incident/incident-view.ts';
import { freshSteps, stepOf } from '#shared/domain/incident/playbook.ts';
import { NOTHING_REBUILT } from '#shared/domain/incident/rebuild-state.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { rebuildGroup } from '../rebuild/rebuild-group.ts';
import { gatherReport } from '../report/gather-report.ts';
import type { Printed } from '../report/print-pdf.ts';
import { reportFile } from '../report/report-file.ts';
import { draftOfAlert, draftOfFinding } from './draft.ts';
import type { Runbook } from './engine.ts';
import type { IncidentRegistry } from './incident-registry.ts';
import { needsMet } from './moves.ts';
import type { RunbookParts } from './parts.ts';
import { planStep } from './plan-step.ts';
import { incidentMissing, orThrow, refusedStep } from './refusal-words.ts';
import { shownIncident, summaryOf } from './shown-incident.ts';

/** What the group needs of the rest of the console. */
export interface IncidentDesk {
  parts: RunbookParts;
  runbook: Runbook;
  registry: IncidentRegistry;
  nodes(): Promise<SwarmNode[]>;
  audit: Pick<NonNullable<ConsoleService['audit']>, 'alert'> | null;
  findings: Pick<ConsoleService['findings'], 'get' | 'list'>;
  /** Of this console. */
  version: string;
  /** How this shell makes a PDF; an installed browser does it where there is none. */
  printPage?: ((page: string) => Promise<Printed>) | undefined;
}

const CLOSED_AT_ONCE = 50;

/** The procedures of incidents. */
export function incidentGroup(desk: IncidentDesk): Omit<ConsoleIncidents, 'registry' | 'topic'> {
  const { parts, runbook, registry } = desk;
  const { store } = parts;
  const newRun = (): string => randomBytes(16).toString('hex');
  const show = (incident: Incident) => shownIncident(runbook, incident);
  const shown = async (id: string) => show(await need(id));

  async function need(id: string): Promise<Incident> {
    const found = await store.incident({ id });
    if (found === null) throw incidentMissing();
    return found;
  }

  async function nameOf(node: string): Promise<string> {
    const found = (await desk.nodes()).find(({ id }) => id === node);
    if (found !== undefined) return found.name;
    throw new ConsoleError('NODE_UNKNOWN', 'There is no such node.', {
      untouched: 'Nothing was changed.',
      next: 'It may have been removed: go back to Nodes.',
    });
  }

  /** The isolation that an incident ordered, for what is only about that. */
  async function isolationRun(id: string): Promise<{ incident: Incident; isolation: string }> {
    const incident = await need(id);
    const isolation = incident.steps.find(({ action }) => action === 'isolate')?.run;
    if (isolation == null || parts.isolating === null)
      throw refusedStep('Nothing was ordered yet that could shut it off.', 'Shut it off first.');
    return { incident, isolation };
  }

  return {
    async list({ before }) {
      const open = await store.openIncidents();
      const closed = await store.closedIncidents({ before, limit: CLOSED_AT_ONCE + 1 });
      return {
        open: await Promise.all(open.map(show)),
        closed: closed.slice(0, CLOSED_AT_ONCE).map(summaryOf),
        more: closed.length > CLOSED_AT_ONCE,
      };
    },
    get: ({ incident }) => shown(incident),
    async entries({ incident, before, limit }) {
      await need(incident);
      return store.incidentEntries({ id: incident, before, limit });
    },
    async draft(input) {
      if (input.from === 'finding')
        return draftOfFinding(newRun(), await desk.findings.get({ node: input.node, check: input.check }));
      if (desk.audit === null) throw new ConsoleError('EVENT_UNKNOWN', 'There is no such alert.');
      const { alert } = await desk.audit.alert({ alert: input.alert });
      return draftOfAlert(newRun(), alert, await nameOf(alert.node));
    },
    async start(draft) {
      const { id, kind, node, address, origin, seen, since } = draft;
      const name = node === null ? draft.name : await nameOf(node);
      if (name === '')
        throw refusedStep('It has no name yet.', 'Say what it is about: a node, a device, a secret.');
      const at = parts.clock.now().toISOString();
      // From the records only: a page that opens a case waits for no node.
      const before =
        node === null ? null : ((await parts.rebuilding?.before(node, since).catch(() => null)) ?? null);
      const opened = await runbook.journal.open({
        id,
        kind,
        node,
        name,
        address,
        origin,
        seen,
        since,
        openedAt: at,
        openedBy: parts.who,
        closedAt: null,
        closing: '',
        revision: 1,
        steps: freshSteps(kind, node !== null),
        pins: [],
        credentials: [],
        followUps: [],
        rebuild: { ...NOTHING_REBUILT, before },
        falseAlarm: null,
        touchedAt: at,
      });
      return show(orThrow(opened));
    },
    async move({ incident, move }) {
      // What a person says has happened already; only what ends a case or takes something up again can wait for the record.
      const said = !['close', 'reopen', 'false-alarm'].includes(move.kind);
      return show(orThrow(await runbook.journal.move(incident, move, said ? 'go-on' : 'refuse')));
    },
    ...rebuildGroup({ parts, runbook, need, show }),
    async plan({ incident: id, step, scope, words, withoutNode }) {
      const incident = await need(id);
      const found = incident.steps.find((one) => one.step === step);
      if (found === undefined) throw orThrow('no-step');
      if (incident.closedAt !== null) throw orThrow('closed');
      if (found.state === 'under-way') throw orThrow('under-way');
      if (found.state === 'done' || found.state === 'skipped') throw orThrow('settled');
      if (!needsMet(incident, found)) throw orThrow('needs');
      const plan = await planStep(parts, incident, step, scope, words, withoutNode);
      if (plan !== null) return registry.add(plan);
      throw refusedStep(
        stepOf(incident.kind, step).touches
          ? 'This cannot be done from here.'
          : 'This step touches no node, so that nothing has to be planned.',
        'Do it by hand, and say so here.',
      );
    },
    async begin(claimed) {
      const { plan } = claimed;
      if (plan.blocked !== null) throw refusedStep(plan.blocked, 'Look at the incident again.');
      const incident = await need(plan.incident);
      await parts.ledger.append([
        {
          kind: 'incident-agreed',
          where: incident.node === null ? null : { node: incident.node, name: incident.name },
          what: {
            incident: incident.id,
            number: incident.number,
            step: plan.step,
            plan: plan.id,
            hash: plan.hash,
            title: plan.title,
          },
        },
      ]);
      // The decision stands in the case before anything follows from it.
      if (plan.action === 'let-in')
        orThrow(await runbook.journal.move(plan.incident, { kind: 'let-in', words: plan.words }));
      return show(orThrow(await runbook.begin(claimed)));
    },
    investigate: async ({ incident, order }) =>
      show(orThrow(await runbook.investigate(incident, newRun(), order))),
    async cancel({ incident, step }) {
      const found = (await need(incident)).steps.find((one) => one.step === step);
      if (found?.action === 'isolate' || found?.action === 'release')
        throw refusedStep('What shuts a node off is not called off in the middle.', 'Open it again instead.');
      await runbook.cancel(incident, step);
      return shown(incident);
    },
    async tryAgain({ incident: id }) {
      const { incident, isolation } = await isolationRun(id);
      const tried = await parts.isolating?.confirm({ isolation });
      if (typeof tried === 'string')
        throw refusedStep('There is nothing to try again: it was taken back.', 'Shut it off anew.');
      await runbook.learnIsolation(incident);
      return shown(id);
    },
    async cablePulled({ incident: id }) {
      const { incident, isolation } = await isolationRun(id);
      const said = await parts.isolating?.cablePulled({ isolation });
      if (typeof said === 'string')
        throw refusedStep('It was opened again already.', 'Write it down as a note.');
      await runbook.journal.move(
        id,
        { kind: 'note', words: `The cable of ${incident.name} is out.` },
        'go-on',
      );
      return shown(id);
    },
    async result({ incident, step }) {
      await need(incident);
      const kept = await store.stepResult({ id: incident, step });
      return kept === null ? null : stepResult.parse(JSON.parse(kept.body));
    },
    async evidence({ incident }) {
      await need(incident);
      const archives = (await parts.investigation?.archives()) ?? [];
      return archives.filter((one) => one.incident === incident).slice(0, 64);
    },
    async timeline({ incident, query }) {
      await need(incident);
      return asking(parts).timeline(query);
    },
    async credentials({ incident }) {
      const { node } = await need(incident);
      if (node === null)
        throw refusedStep('No node of the list is part of it.', 'Add what you know as notes.');
      return asking(parts).credentials(node);
    },
    async report({ incident: id, format }) {
      const incident = await need(id);
      const isolation = await runbook.learnIsolation(incident);
      const input = await gatherReport(desk, incident, isolation);
      const file = await reportFile(input, format, { print: desk.printPage });
      // What leaves the console is on record before it leaves.
      const what = { format, fileName: file.fileName, findings: 0 };
      const where = incident.node === null ? null : { node: incident.node, name: incident.name };
      await parts.ledger.append([{ kind: 'report-exported', where, what }]);
      return file;
    },
    hunt: (query) => asking(parts).hunt(query),
  };
}

function asking({ investigation }: RunbookParts) {
  if (investigation !== null) return investigation;
  throw new ConsoleError('NOT_SUPPORTED_HERE', 'Nodes cannot be asked from here.', {
    untouched: 'Nothing was changed.',
    next: 'Open the console that reaches them.',
  });
}
