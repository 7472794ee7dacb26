import { randomBytes } from 'node:crypto';
import type { ApiClient } from '#core/api/direct-client.ts';
import { type IncidentKind, incidentKind } from '#shared/domain/incident/incident.ts';
import type { IncidentView, StepOrder } from '#shared/domain/incident/incident-view.ts';
import { PLAYBOOK_LIST } from '#shared/domain/incident/playbook.ts';
import type { Place } from '../check-command.ts';
import { nodeNamed } from '../choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from '../failure.ts';
import { type OpenConsole, openConsole } from '../open-console.ts';
import { gateOf } from '../plan-run.ts';
import { asJson } from '../report.ts';
import { during, type Terminal } from '../terminal.ts';
import { exitOf, untilStepRests } from './follow-incident.ts';
import { incidentText, planText } from './incident-words.ts';
import { meantIncident } from './open-incident.ts';

export interface IncidentOptions {
  json: boolean;
  yes?: boolean;
  incident?: string | undefined;
}

/** Opens the console for one command, and gives it back whatever happens. */
export async function withConsole(
  place: Place,
  options: { yes?: boolean; json: boolean },
  terminal: Terminal,
  work: (open: OpenConsole) => Promise<ExitCode>,
): Promise<ExitCode> {
  const consent = gateOf({ yes: options.yes ?? false, json: options.json }, terminal);
  const open = await openConsole({ ...place, terminal, consent, takesOver: true });
  // The console's own timers keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await work(open);
  } finally {
    clearInterval(alive);
    await open.close();
  }
}

function print(view: IncidentView, { json }: IncidentOptions, terminal: Terminal): void {
  terminal.out.write(json ? asJson({ incident: view }) : incidentText(view));
}

/** `incident status`: 0 when none is open, 1 when one is. */
export function status(place: Place, options: IncidentOptions, terminal: Terminal): Promise<ExitCode> {
  return withConsole(place, options, terminal, async ({ client }) => {
    if (options.incident !== undefined) {
      const view = await meantIncident(client, options.incident);
      print(view, options, terminal);
      return view.incident.closedAt === null ? EXIT.found : EXIT.fine;
    }
    const list = await client.incidents.list({});
    if (options.json) terminal.out.write(asJson({ open: list.open, closed: list.closed }));
    else if (list.open.length === 0) terminal.out.write('No incident is open.\n');
    else for (const view of list.open) terminal.out.write(incidentText(view));
    return list.open.length === 0 ? EXIT.fine : EXIT.found;
  });
}

export interface StartOptions extends IncidentOptions {
  node?: string | undefined;
  name?: string | undefined;
  kind?: string | undefined;
  alert?: string | undefined;
  seen?: string | undefined;
  since?: string | undefined;
}

/** `incident start`: opens one; no node is touched. 0 when it is open. */
export async function start(place: Place, options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  const kind = kindOf(options.kind);
  const since = options.since === undefined ? null : new Date(options.since);
  if (since !== null && Number.isNaN(since.getTime()))
    throw usage('--since is a time such as 2026-11-22T23:04.');
  if (options.node === undefined && options.name === undefined && options.alert === undefined)
    throw usage('Say what it is about: --node, --name for what is no node, or --alert.');
  return withConsole(place, options, terminal, async ({ client }) => {
    const filled =
      options.alert === undefined
        ? null
        : await client.incidents.draft({ from: 'alert', alert: options.alert });
    const node =
      options.node === undefined
        ? (filled?.node ?? null)
        : nodeNamed(await client.nodes.list(), options.node, terminal).id;
    if (filled === null && kind === null) throw usage(`Say what it is, with --kind: ${KINDS}.`);
    const view = await client.incidents.start({
      id: filled?.id ?? randomBytes(16).toString('hex'),
      kind: kind ?? filled?.kind ?? 'destructive-command',
      node,
      name: options.name ?? filled?.name ?? '',
      address: '',
      origin: filled?.origin ?? { kind: 'by-hand' },
      seen: options.seen ?? filled?.seen ?? '',
      since: (since ?? new Date(filled?.since ?? Date.now())).toISOString(),
    });
    print(view, options, terminal);
    return EXIT.fine;
  });
}

const KINDS = PLAYBOOK_LIST.map(({ kind }) => kind).join(', ');

function kindOf(given: string | undefined): IncidentKind | null {
  if (given === undefined) return null;
  const kind = incidentKind.safeParse(given);
  if (kind.success) return kind.data;
  throw usage(`--kind is one of ${KINDS}.`);
}

export interface StepOptions extends IncidentOptions {
  dryRun?: boolean;
  scope?: string | undefined;
  withoutNode?: boolean;
}

/** `incident isolate`, `preserve`, `release`: shows it, asks, does it. 0 proven, 1 not all of it proven, 2 it did not work. */
export async function step(
  place: Place,
  name: 'isolate' | 'preserve' | 'release',
  options: StepOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const scope = options.scope ?? 'node';
  if (scope !== 'node' && scope !== 'agent') throw usage('--scope is node or agent.');
  return withConsole(place, options, terminal, async ({ client, elsewhere }) => {
    const { incident } = await meantIncident(client, options.incident);
    const plan = await during(terminal, 'Asking the nodes', () =>
      client.incidents.plan({
        ...{ incident: incident.id, step: name, scope },
        ...(name === 'release' && { withoutNode: options.withoutNode ?? false }),
      }),
    );
    terminal.error.write(planText(plan));
    if (plan.blocked !== null) throw couldNot(plan.blocked, 'Nothing was changed.');
    if (options.dryRun) {
      if (options.json) terminal.out.write(asJson({ plan, incident: null }));
      return EXIT.found;
    }
    if (elsewhere) terminal.error.write('Agree in the window or terminal of the running console.\n');
    const begun = await client.incidents.begin({ plan: plan.id, hash: plan.hash });
    return finish(client, begun, name, options, terminal);
  });
}

/** `incident investigate`: compares files and, where something is named, asks every node for it. Exit codes as {@link step}. */
export function investigate(
  place: Place,
  options: IncidentOptions & { since?: boolean; hunt?: StepOrder & { step: 'hunt' } },
  terminal: Terminal,
): Promise<ExitCode> {
  return withConsole(place, options, terminal, async ({ client }) => {
    const { incident } = await meantIncident(client, options.incident);
    const order: StepOrder =
      options.hunt ??
      ({ step: 'workspace', against: options.since ? { since: incident.since } : 'baseline' } as const);
    const begun = await client.incidents.investigate({ incident: incident.id, order });
    return finish(client, begun, order.step, options, terminal);
  });
}

async function finish(
  client: ApiClient,
  begun: IncidentView,
  name: string,
  options: IncidentOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const view = await untilStepRests(client, begun, name, terminal);
  if (options.json) {
    const result = await client.incidents.result({ incident: view.incident.id, step: name });
    terminal.out.write(asJson({ incident: view, result }));
  } else terminal.out.write(incidentText(view));
  return exitOf(view, name);
}

/** `incident close`: 0 when it is closed; 1 for a false alarm of which something is still shut off. */
export async function close(
  place: Place,
  options: IncidentOptions & { words: string; skipRest: boolean; falseAlarm?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  return withConsole(place, options, terminal, async ({ client }) => {
    const { incident } = await meantIncident(client, options.incident);
    const { words } = options;
    if (options.falseAlarm && incident.falseAlarm === null) {
      const told = await client.incidents.move({
        incident: incident.id,
        move: { kind: 'false-alarm', words },
      });
      print(told, options, terminal);
      return told.incident.closedAt === null ? EXIT.found : EXIT.fine;
    }
    const move = { kind: 'close', words, rest: options.skipRest ? words : null } as const;
    print(await client.incidents.move({ incident: incident.id, move }), options, terminal);
    return EXIT.fine;
  });
}
