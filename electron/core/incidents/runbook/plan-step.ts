import { randomBytes } from 'node:crypto';
import { EVIDENCE_SUBJECTS } from '#shared/domain/incident/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import {
  type IncidentPlan,
  type PlannedAction,
  plannedAction,
} from '#shared/domain/incident/incident-plan.ts';
import { stepText } from '#shared/domain/incident/incident-words.ts';
import type { IsolatedNode, IsolationPlan, IsolationScope } from '#shared/domain/incident/isolation.ts';
import type { RejoinGate } from '#shared/domain/incident/rebuild.ts';
import { gateOf } from '../rebuild/ask-gate.ts';
import type { RunbookParts } from './parts.ts';

/** A plan without the hash that its registry gives it. */
export type UnhashedPlan = Omit<IncidentPlan, 'hash'>;

/**
 * What a step would do, as data. Asks the nodes where that is needed, and changes nothing.
 * @returns null for a step that touches no node, or that nobody can do from here
 */
export async function planStep(
  parts: Pick<RunbookParts, 'isolating' | 'investigation' | 'rebuilding' | 'clock'>,
  incident: Incident,
  step: string,
  scope: IsolationScope,
  words = '',
  withoutNode = false,
): Promise<UnhashedPlan | null> {
  const found = incident.steps.find((one) => one.step === step);
  const action = found?.action === 'rejoin' ? 'let-in' : found?.action;
  if (incident.node === null || !isPlanned(action)) return null;
  const text = stepText(incident, step);
  const usual: UnhashedPlan = {
    id: randomBytes(16).toString('hex'),
    incident: incident.id,
    step,
    action,
    title: text.title,
    madeAt: parts.clock.now().toISOString(),
    lines: [],
    warnings: [],
    couldUndo: [],
    reversible: text.reversible ?? '',
    isolation: null,
    words: '',
    blocked: null,
  };
  if (action === 'isolate') {
    const plan = await parts.isolating?.plan({ nodes: [incident.node], scope });
    return plan === undefined || plan === 'unknown' ? null : isolatePlan(usual, plan);
  }
  if (action === 'preserve') {
    return parts.investigation === null ? null : { ...usual, lines: preserveLines(incident.name) };
  }
  if (action === 'let-in') {
    const { rebuilding } = parts;
    return rebuilding === null
      ? null
      : letInPlan(usual, incident, gateOf(incident, await rebuilding.now(incident.node)), words);
  }
  return parts.isolating === null ? null : releasePlan(parts.isolating, usual, incident, withoutNode);
}

const isPlanned = (action: string | undefined): action is PlannedAction =>
  action !== undefined && (plannedAction.options as readonly string[]).includes(action);

/** What is not proven of a node that somebody wants to let in all the same. */
function letInPlan(usual: UnhashedPlan, { name }: Incident, gate: RejoinGate, words: string): UnhashedPlan {
  const left = gate.conditions.filter(({ state }) => state !== 'met');
  const blocked = gate.open
    ? 'Every condition is met: nothing has to be decided. Ask the gate.'
    : words.trim() === ''
      ? 'A reason is missing: whoever reads this later was not there.'
      : null;
  return {
    ...usual,
    title: `Let ${name} in although ${left.length} of ${gate.conditions.length} conditions ${left.length === 1 ? 'is' : 'are'} not met`,
    lines: [
      `The reason: ${words.trim() === '' ? 'none was given yet' : words.trim()}`.slice(0, 1_024),
      ...left.map((one) =>
        `${one.state === 'unknown' ? 'Not known' : 'Not met'}: ${one.words}`.slice(0, 1_024),
      ),
    ],
    warnings: [
      `Nothing is opened by this yet. ${name} can be opened afterwards, and its peers trust it then.`,
    ],
    reversible: 'The step can be taken up again, as long as the node is not open.',
    words: words.trim(),
    blocked,
  };
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
  without: boolean,
): Promise<UnhashedPlan> {
  const run = incident.steps.find(({ action }) => action === 'isolate')?.run;
  const held = run == null ? null : await isolating.status(run);
  if (held === null || held.endedAt !== null)
    return { ...usual, blocked: `Nothing that this console ordered holds ${incident.name}.` };
  const peers = held.nodes.flatMap(({ layers }) => layers.filter(({ layer }) => layer === 'peer'));
  const names = [...new Set(peers.map(({ name }) => name))];
  const release = { without, canWithout: held.nodes.some(({ state }) => UNANSWERED.has(state)) };
  if (without) return { ...withoutPlan(usual, incident.name, names, release.canWithout), release };
  return {
    ...usual,
    release,
    lines: [
      `${incident.name} takes its own rules away, the newest first, and is asked over a fresh connection whether it is open.`,
      names.length === 0
        ? 'No peer holds it.'
        : `Only then its peers let it in again: ${names.slice(0, 32).join(', ')}.`,
    ],
    warnings: [
      'Whoever is still on it can reach the other nodes and the internet again.',
      ...(incident.falseAlarm === null
        ? []
        : ['It was called a false alarm, so no gate is asked before it is opened.']),
      ...(incident.rebuild.override === null
        ? []
        : [`The gate is not met: ${incident.rebuild.override.who} decided to let it in all the same.`]),
    ],
  };
}

/** States in which the node, or one of its peers, has not said that it is open. */
const UNANSWERED: ReadonlySet<IsolatedNode['state']> = new Set([
  'asked',
  'contained-by-peers',
  'lying',
  'failed',
  'releasing',
]);

/** A node that will not answer any more: its peers let it go without knowing anything of it. */
function withoutPlan(
  usual: UnhashedPlan,
  name: string,
  peers: readonly string[],
  isUnanswered: boolean,
): UnhashedPlan {
  return {
    ...usual,
    title: `Let ${name} go without an answer`,
    lines: [
      `${name} is asked once more to take its own rules away. Nobody waits for its answer.`,
      peers.length === 0
        ? 'No peer holds it.'
        : `Its peers let it in again without knowing whether it is open, or clean: ${peers.slice(0, 32).join(', ')}.`,
      'A peer that does not answer either is told as soon as it is back.',
      `${name} is written down as to be set up anew before it rejoins.`,
    ],
    warnings: [
      `Nobody knows what runs on ${name}. Should it come back to this network, it reaches the other nodes at once: keep it unplugged until it is set up anew.`,
    ],
    reversible: `Only in part: ${name} can be shut off again, but not for the time in between.`,
    blocked: isUnanswered
      ? null
      : `${name} answers, so it is asked first: open it in the usual way. This is for one that does not answer any more.`,
  };
}
