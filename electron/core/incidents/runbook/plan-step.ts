import { randomBytes } from 'node:crypto';
import { EVIDENCE_SUBJECTS } from '#shared/domain/incident/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentPlan, PlannedAction } from '#shared/domain/incident/incident-plan.ts';
import { stepText } from '#shared/domain/incident/incident-words.ts';
import type { IsolationPlan, IsolationScope } from '#shared/domain/incident/isolation.ts';
import type { RunbookParts } from './parts.ts';

/** A plan without the hash that its registry gives it. */
export type UnhashedPlan = Omit<IncidentPlan, 'hash'>;

/**
 * What a step would do, as data. Asks the nodes where that is needed, and changes nothing.
 * @returns null for a step that touches no node, or that nobody can do from here
 */
export async function planStep(
  parts: Pick<RunbookParts, 'isolating' | 'investigation' | 'clock'>,
  incident: Incident,
  step: string,
  scope: IsolationScope,
): Promise<UnhashedPlan | null> {
  const found = incident.steps.find((one) => one.step === step);
  const action = found?.action;
  if (incident.node === null || (action !== 'isolate' && action !== 'preserve' && action !== 'release'))
    return null;
  const text = stepText(incident, step);
  const usual: UnhashedPlan = {
    id: randomBytes(16).toString('hex'),
    incident: incident.id,
    step,
    action: action satisfies PlannedAction,
    title: text.title,
    madeAt: parts.clock.now().toISOString(),
    lines: [],
    warnings: [],
    couldUndo: [],
    reversible: text.reversible ?? '',
    isolation: null,
    blocked: null,
  };
  if (action === 'isolate') {
    const plan = await parts.isolating?.plan({ nodes: [incident.node], scope });
    return plan === undefined || plan === 'unknown' ? null : isolatePlan(usual, plan);
  }
  if (action === 'preserve') {
    return parts.investigation === null ? null : { ...usual, lines: preserveLines(incident.name) };
  }
  return parts.isolating === null ? null : releasePlan(parts.isolating, usual, incident);
}

function isolatePlan(usual: UnhashedPlan, plan: IsolationPlan): UnhashedPlan {
  const lines = [...plan.nodes, ...plan.peers].flatMap(({ name, words, cannot }) =>
    cannot === null ? words.map((line) => `${name}: ${line}`) : [`${name} cannot: ${cannot}`],
  );
  return {
    ...usual,
    id: plan.id,
    title: plan.title,
    lines: lines.slice(0, 128),
    warnings: plan.warnings,
    couldUndo: plan.couldUndo,
    isolation: plan,
  };
}

function preserveLines(name: string): string[] {
  return [
    `${name} is read over SSH; nothing is installed there and nothing is changed.`,
    ...Object.values(EVIDENCE_SUBJECTS).map((subject, index) => `${index + 1}. ${subject}`),
    'All of it goes into one archive on this computer, each part with its SHA-256, and the archive into the record.',
    'Tokens and keys that stand in it are taken out and sealed.',
  ];
}

async function releasePlan(
  isolating: NonNullable<RunbookParts['isolating']>,
  usual: UnhashedPlan,
  incident: Incident,
): Promise<UnhashedPlan> {
  const run = incident.steps.find(({ action }) => action === 'isolate')?.run;
  const held = run == null ? null : await isolating.status(run);
  if (held === null || held.endedAt !== null)
    return { ...usual, blocked: `Nothing that this console ordered holds ${incident.name}.` };
  const peers = held.nodes.flatMap(({ layers }) => layers.filter(({ layer }) => layer === 'peer'));
  const names = [...new Set(peers.map(({ name }) => name))];
  return {
    ...usual,
    lines: [
      `${incident.name} takes its own rules away, the newest first, and is asked over a fresh connection whether it is open.`,
      names.length === 0
        ? 'No peer holds it.'
        : `Only then its peers let it in again: ${names.slice(0, 32).join(', ')}.`,
    ],
    warnings: ['Whoever is still on it can reach the other nodes and the internet again.'],
  };
}
