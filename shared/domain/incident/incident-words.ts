import { capital, listed } from '../words.ts';
import type { Incident, IncidentPhase, IncidentStep, StepAction } from './incident.ts';
import type { Isolation } from './isolation.ts';
import { INCIDENT_PHASES, isSettled } from './phases.ts';
import { named, needsOf, PLAYBOOKS, stepOf } from './playbook.ts';

/** The phases as people read them, with what NIST SP 800-61r3 (April 2025, CSF 2.0) calls the same. */
export const PHASE_WORDS: Readonly<Record<IncidentPhase, { title: string; nist: string }>> = {
  detect: { title: 'Detect', nist: 'Detect: adverse event analysis (DE.AE)' },
  contain: { title: 'Contain', nist: 'Respond: incident mitigation, contained (RS.MI-01)' },
  eradicate: {
    title: 'Eradicate',
    nist: 'Respond: incident analysis (RS.AN) and mitigation, eradicated (RS.MI-02)',
  },
  recover: { title: 'Recover', nist: 'Recover: recovery plan execution (RC.RP)' },
  learn: { title: 'Learn', nist: 'Identify: improvement (ID.IM)' },
};

/** One step in two or three words: when it is done, and while it is left. */
const SHORT: Readonly<Record<StepAction, readonly [done: string, left: string]>> = {
  confirm: ['confirmed', 'make sure'],
  isolate: ['shut off', 'shut it off'],
  preserve: ['evidence kept', 'keep the evidence'],
  timeline: ['understood', 'understand it'],
  workspace: ['files compared', 'compare files'],
  hunt: ['all nodes asked', 'ask all nodes'],
  rotate: ['new secret', 'new secret'],
  credentials: ['other keys ended', 'end other keys'],
  clean: ['taken out', 'take it out'],
  tell: ['others told', 'tell others'],
  rebuild: ['set up anew', 'set up anew'],
  rejoin: ['gate passed', 'pass the gate'],
  release: ['open again', 'open again'],
  lessons: ['lessons written', 'write the lessons'],
};

/** How a phase stands. `part`: all of it is settled, and not all of that is proven; `said`: nobody but a person says so. */
export interface PhaseState {
  phase: IncidentPhase;
  is: 'done' | 'part' | 'said' | 'now' | 'running' | 'failed' | 'later';
  /** One line: what was done, and what is left. */
  words: string;
}

/** @returns the five phases in their order, each with its state */
export function phasesOf(incident: Incident): PhaseState[] {
  const next = nextStep(incident);
  return INCIDENT_PHASES.map((phase) => {
    const steps = incident.steps.filter((step) => step.phase === phase);
    return { phase, is: stateOf(steps, next?.phase === phase), words: phaseLine(steps) };
  });
}

function stateOf(steps: readonly IncidentStep[], isNext: boolean): PhaseState['is'] {
  if (steps.length === 0) return 'later';
  if (steps.some(({ state }) => state === 'under-way')) return 'running';
  if (steps.some(({ state }) => state === 'failed')) return 'failed';
  if (steps.every(isSettled)) {
    if (steps.some(({ proof }) => proof === 'part')) return 'part';
    return steps.some(({ proof }) => proof === 'proven') ? 'done' : 'said';
  }
  return isNext ? 'now' : 'later';
}

function phaseLine(steps: readonly IncidentStep[]): string {
  if (steps.length === 0) return 'Nothing to do in this playbook';
  const done = steps.filter(({ state }) => state === 'done').map(doneWords);
  const running = steps.filter(({ state }) => state === 'under-way').map(({ action }) => SHORT[action][1]);
  const failed = steps.filter(({ state }) => state === 'failed').map(({ action }) => SHORT[action][1]);
  const left = steps.filter(({ state }) => state === 'not-begun').map(({ action }) => SHORT[action][1]);
  if (done.length + running.length + failed.length === 0)
    return left.length === 0 ? 'Skipped, with a reason' : capital(listed(left, 3, 'step'));
  return [
    done.length > 0 ? listed(done, 3, 'step') : '',
    running.length > 0 ? `under way: ${listed(running, 2, 'step')}` : '',
    failed.length > 0 ? `did not work: ${listed(failed, 2, 'step')}` : '',
    left.length > 0 ? `left: ${listed(left, 2, 'step')}` : '',
  ]
    .filter(Boolean)
    .map(capital)
    .join('. ');
}

function doneWords({ action, proof }: IncidentStep): string {
  const [done] = SHORT[action];
  if (proof === 'part') return `${done}, not all of it proven`;
  return proof === 'said' ? `${done}, as you say` : done;
}

/** @returns the step that comes next: the first that is neither settled nor under way; null when there is none */
export function nextStep(incident: Incident): IncidentStep | null {
  if (incident.closedAt !== null) return null;
  return incident.steps.find(({ state }) => state === 'not-begun' || state === 'failed') ?? null;
}

/** @returns the words of a step with the name of what the incident is about */
export function stepText(incident: Pick<Incident, 'kind' | 'name'>, step: string) {
  const words = stepOf(incident.kind, step);
  const name = (text: string) => named(text, incident.name);
  return {
    ...words,
    title: name(words.title),
    button: name(words.button),
    purpose: name(words.purpose),
    reversible: words.reversible === null ? null : name(words.reversible),
  };
}

/** @returns the isolation that an incident ordered and that is not taken back, or null */
export function holding(incident: Incident, isolation: Isolation | null): Isolation | null {
  const run = incident.steps.find(({ action }) => action === 'isolate')?.run;
  return isolation !== null && isolation.id === run && isolation.endedAt === null ? isolation : null;
}

/**
 * How an incident stands, in one sentence for the top of a page; never more than is proven.
 * @param isolation what is known of the node now
 */
export function incidentHeadline(incident: Incident, isolation: Isolation | null): string {
  const { name, steps, closedAt } = incident;
  const holds = holding(incident, isolation);
  if (closedAt !== null)
    return incident.falseAlarm === null
      ? `The incident about ${name} is closed.`
      : `It was a false alarm about ${name}. The incident is closed.`;
  if (holds !== null) return holds.sentence;
  // Let go without an answer: nobody knows more of it than that.
  if (isolation?.nodes.some(({ setUpAnew }) => setUpAnew)) return isolation.sentence;
  const isolate = steps.find(({ action }) => action === 'isolate');
  const release = steps.find(({ action }) => action === 'release');
  if (isolate?.state === 'under-way') return `${name} is being shut off. Nothing is known to hold it yet.`;
  if (isolate?.state === 'failed') return `${name} could not be shut off.`;
  if (isolate?.state === 'not-begun')
    return incident.kind === 'lost-device'
      ? `${name} is not kept out yet.`
      : `Nothing keeps ${name} from going on yet.`;
  if (release?.state === 'done' && release.proof === 'proven' && isolate?.state === 'done')
    return steps.every(isSettled)
      ? `${name} is open again, and every step is settled.`
      : `${name} is open again. The incident is not closed yet.`;
  if (isolate?.state === 'done' && isolation === null)
    return `${name} was shut off; whether that still holds is not known.`;
  if (steps.every(isSettled)) return `Every step about ${name} is settled. You can close the incident.`;
  const rotate = steps.find(({ action }) => action === 'rotate');
  if (rotate !== undefined && rotate.phase === 'contain' && !isSettled(rotate))
    return incident.kind === 'stolen-secret'
      ? 'The secret that is known to others still opens the swarm.'
      : `${name} may still have a secret that opens the swarm.`;
  return `${PLAYBOOKS[incident.kind].title}: ${name}. The incident goes on.`;
}

/** Which steps have to be settled before this one, by their names. */
export function waitsFor(incident: Incident, step: IncidentStep): string[] {
  const needs = needsOf(incident, step.step);
  return (
    incident.steps
      .filter((one) => needs.includes(one.step) && one.state !== 'done')
      // The gate is passed or decided about, and never left out.
      .filter((one) => one.action === 'rejoin' || one.state !== 'skipped')
      .map((one) => stepText(incident, one.step).title)
  );
}
