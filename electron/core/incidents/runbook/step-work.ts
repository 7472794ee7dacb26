import type { Incident } from '#shared/domain/incident/incident.ts';
import { type StepOrder, type StepResult, stepOrder } from '#shared/domain/incident/incident-view.ts';
import { gateOf } from '../rebuild/ask-gate.ts';
import type { StepOutcome } from './isolation-outcome.ts';
import type { RunbookParts } from './parts.ts';

/** How a step is carried out. */
export interface StepWork {
  /** What it asks for; null when it is gone on with: then it is read from the records. */
  order: StepOrder | null;
  /** Told what is being done. */
  say(words: string, done?: number | null, all?: number | null): void;
  signal: AbortSignal;
}

const CANNOT = { outcome: 'failed', words: 'Nodes cannot be asked from here.' } as const;

/** Takes the evidence of a node. An archive that the same try took before the console ended is not taken again. */
export async function preserve(
  { investigation, store, clock }: RunbookParts,
  incident: Incident,
  run: string,
  { say, signal }: StepWork,
): Promise<StepOutcome> {
  if (investigation === null || incident.node === null) return CANNOT;
  const { node, id } = incident;
  const begun = incident.steps.find((step) => step.run === run)?.startedAt ?? incident.openedAt;
  const taken = (await investigation.archives()).find(
    (one) => one.incident === id && one.node === node && !one.partial && one.takenAt >= begun,
  );
  const evidence =
    taken ??
    (await investigation.preserve(node, {
      incident: id,
      signal,
      onProgress: ({ doing, done, all }) => say(doing, done, all),
    }));
  await keep({ store, clock }, id, 'preserve', run, { order: null, evidence });
  return {
    outcome: 'done',
    proof:
      evidence.partial || evidence.pieces.some(({ outcome }) => outcome === 'failed') ? 'part' : 'proven',
    words: evidence.sentence,
  };
}

/** Compares files or asks all nodes, and keeps what was found with the incident. */
export async function investigate(
  { investigation, store, clock }: RunbookParts,
  incident: Incident,
  step: string,
  run: string,
  { order: given, say, signal }: StepWork,
): Promise<StepOutcome> {
  const order = given ?? (await orderOf(store, incident.id, step));
  if (investigation === null || order === null) return CANNOT;
  if (order.step === 'hunt') {
    say('Asking every node');
    const hunt = await investigation.hunt(order.query, signal);
    await keep({ store, clock }, incident.id, step, run, { order, hunt });
    const whole = hunt.nodes.every(({ state }) => state === 'found' || state === 'not-found');
    return { outcome: 'done', proof: whole ? 'proven' : 'part', words: hunt.sentence };
  }
  if (incident.node === null || order.step !== 'workspace') return CANNOT;
  say('Comparing files');
  const { against } = order;
  const workspace = await investigation.auditWorkspace(incident.node, against, signal);
  await keep({ store, clock }, incident.id, step, run, { order, workspace });
  // Without a baseline nobody can see what was deleted.
  const whole = workspace.unseen.length === 0 && workspace.against.kind === 'baseline';
  return { outcome: 'done', proof: whole ? 'proven' : 'part', words: workspace.sentence };
}

async function orderOf(store: RunbookParts['store'], id: string, step: string): Promise<StepOrder | null> {
  const kept = await store.stepResult({ id, step: `${step}-order` });
  if (kept === null) return null;
  const parsed = stepOrder.safeParse(JSON.parse(kept.body));
  return parsed.success ? parsed.data : null;
}

/** Asks the gate, or lets a node in by a decision that was agreed to outside the page. */
export async function rejoin(
  { rebuilding, store, clock }: RunbookParts,
  incident: Incident,
  run: string,
  { say }: StepWork,
): Promise<StepOutcome> {
  if (rebuilding === null || incident.node === null) return CANNOT;
  say(`Looking at what is known of ${incident.name}`);
  const gate = gateOf(incident, await rebuilding.now(incident.node));
  await keep({ store, clock }, incident.id, 'rejoin', run, { order: { step: 'rejoin' }, gate });
  if (gate.open) return { outcome: 'done', proof: 'proven', words: gate.sentence };
  const left = gate.conditions.filter(({ state }) => state !== 'met').map(({ words }) => words);
  const { override } = incident.rebuild;
  const decided = incident.steps.some((step) => step.run === run && step.plan !== null);
  // Only what was planned, shown and agreed to leads past it; words alone do not.
  if (!decided || override === null)
    return { outcome: 'failed', words: [gate.sentence, ...left].join(' ').slice(0, 2_048) };
  return {
    outcome: 'done',
    proof: 'said',
    words:
      `${override.who} let it in although the gate is shut: ${override.words} Not met: ${left.join(' ')}`.slice(
        0,
        2_048,
      ),
  };
}

/** What is too large to be kept whole is kept with the lists cut; the counts in it stay true. */
async function keep(
  { store, clock }: Pick<RunbookParts, 'store' | 'clock'>,
  id: string,
  step: string,
  run: string,
  found: Partial<StepResult>,
): Promise<void> {
  const at = clock.now().toISOString();
  const whole = { at, order: null, evidence: null, workspace: null, hunt: null, gate: null, ...found };
  if (await store.keepResult({ id, step, run, at, body: JSON.stringify(whole) })) return;
  const { workspace } = whole;
  const cut = {
    ...whole,
    workspace: workspace === null ? null : { ...workspace, changes: workspace.changes.slice(0, 200) },
  };
  await store.keepResult({ id, step, run, at, body: JSON.stringify(cut) });
}
