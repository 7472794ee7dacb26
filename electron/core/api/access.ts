import { z } from 'zod';
import { type ConsentGate, ConsoleError, type Question } from '#core/console/service.ts';
import type { ClaimedPlan, PlanRegistry } from '#core/fixes/plan-registry.ts';
import { leaveQuestion } from '#core/fixes/plans/leave-question.ts';
import { incidentQuestion } from '#core/incidents/runbook/incident-question.ts';
import type { ClaimedStep, IncidentRegistry } from '#core/incidents/runbook/incident-registry.ts';
import { rotationQuestion } from '#core/secrets/rotation/rotation-question.ts';
import type { ClaimedRotation, RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import { shortText } from '#shared/domain/bounds.ts';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { RotationPlan } from '#shared/domain/rotation/plan.ts';
import type { CallContext } from './caller.ts';
import { commandOfPlan, nobodyToAsk } from './nobody-to-ask.ts';
import { planQuestion } from './plan-question.ts';

/** Steps of incidents that wait for a person, and the node that each incident is about. */
export interface IncidentSteps {
  registry: IncidentRegistry;
  nodeOf(incident: string): Promise<string | null>;
}

/** What every privileged procedure must name: a plan that the core made, as it was shown. */
const planReference = z.object({ plan: shortText, hash: z.string().regex(/^[0-9a-f]{64}$/) });

const untouched = { untouched: 'Nothing was changed.' };

/**
 * Lets `read` and `change` pass and holds everything else until it names a known plan by id and hash and a person has
 * agreed outside the renderer. A procedure that declares nothing, or something new, counts as privileged. The gate is
 * asked whoever calls: an agent under the operator's own account reaches the socket too, and must not be able to nod.
 */
export class AccessGuard {
  readonly #plans: PlanRegistry;
  readonly #consent: ConsentGate | null;
  readonly #addressOf: (node: string) => Promise<string | null>;
  readonly #rotations: RotationRegistry | null;
  readonly #incidents: IncidentSteps | null;
  #asking = false;

  /**
   * @param consent null where nobody can be asked: then nothing privileged is done
   * @param addressOf where a node is, for the question: a page can give nodes other names, and no other addresses
   */
  constructor(
    plans: PlanRegistry,
    consent: ConsentGate | null,
    addressOf: (node: string) => Promise<string | null> = async () => null,
    rotations: RotationRegistry | null = null,
    incidents: IncidentSteps | null = null,
  ) {
    this.#incidents = incidents;
    this.#rotations = rotations;
    this.#plans = plans;
    this.#consent = consent;
    this.#addressOf = addressOf;
  }

  /**
   * @param access what the procedure declares
   * @param input as it came, not validated yet
   * @returns the plan that a person agreed to, for procedures that need one; it can be had once
   * @throws ConsoleError PLAN_UNKNOWN, PLAN_CHANGED, CONSENT_REFUSED; NOT_ALLOWED for a plan that is blocked
   */
  async check(
    access: unknown,
    input: unknown,
    context: CallContext,
  ): Promise<ClaimedPlan | ClaimedRotation | ClaimedStep | null> {
    if (access === 'read' || access === 'change') return null;
    const reference = planReference.safeParse(input);
    if (!reference.success) {
      throw new ConsoleError('PLAN_UNKNOWN', 'The request names no plan.', untouched);
    }
    const { plan: id, hash } = reference.data;
    const rotation = this.#rotations?.find(id, hash);
    if (this.#rotations !== null && rotation !== undefined && rotation !== 'unknown')
      return this.#rotate(this.#rotations, known(rotation), context);
    const step = this.#incidents?.registry.find(id, hash);
    if (this.#incidents !== null && step !== undefined && step !== 'unknown')
      return this.#takeStep(this.#incidents, known(step), context);
    const plan = known(this.#plans.find(id, hash));
    if (plan.blocked !== null) {
      throw new ConsoleError('NOT_ALLOWED', plan.blocked, {
        ...untouched,
        next: 'The steps of the plan can be done by hand.',
      });
    }
    await this.#agree(
      async () => ({
        ...planQuestion(plan, await this.#addressOf(plan.node)),
        about: { node: plan.node, name: plan.nodeName },
      }),
      context,
      commandOfPlan(plan),
    );
    // Taken only now, and looked up again: the plan may have been replaced or used while the person was reading.
    return known(this.#plans.claim(id, hash));
  }

  async #rotate(
    rotations: RotationRegistry,
    plan: RotationPlan,
    context: CallContext,
  ): Promise<ClaimedRotation> {
    if (plan.blocked !== null)
      throw new ConsoleError('NOT_ALLOWED', plan.blocked, {
        ...untouched,
        next: 'Plan it again afterwards.',
      });
    await this.#agree(() => rotationQuestion(plan, this.#addressOf), context);
    return known(rotations.claim(plan.id, plan.hash));
  }

  async #takeStep(incidents: IncidentSteps, plan: IncidentPlan, context: CallContext): Promise<ClaimedStep> {
    if (plan.blocked !== null)
      throw new ConsoleError('NOT_ALLOWED', plan.blocked, {
        ...untouched,
        next: 'Look at the incident again.',
      });
    const node = await incidents.nodeOf(plan.incident);
    await this.#agree(() => incidentQuestion(plan, node, this.#addressOf), context);
    return known(incidents.registry.claim(plan.id, plan.hash));
  }

  /**
   * Holds what counts a change as settled, which nothing takes back, until a person has agreed outside the renderer.
   * @throws ConsoleError CONSENT_REFUSED
   */
  async leaving(change: AppliedChange, context: CallContext): Promise<void> {
    await this.#agree(
      async () => ({
        ...leaveQuestion(change, await this.#addressOf(change.node)),
        about: { node: change.node, name: change.nodeName },
      }),
      context,
      `undo ${change.id.slice(0, 8)} --leave`,
    );
  }

  async #agree(
    question: () => Promise<Question>,
    { caller }: CallContext,
    command: string | null = null,
  ): Promise<void> {
    if (this.#consent !== null && this.#consent.canAsk === false) throw nobodyToAsk(command);
    // One question at a time: a page that asks a hundred times must not wear a person down.
    if (this.#consent === null || this.#asking) throw refused();
    this.#asking = true;
    try {
      const asker = caller.kind === 'renderer' ? 'the page' : 'a command';
      const { title, lines, about } = await question();
      const agreed = await this.#consent
        .ask({ title, lines: [...lines, `Asked for by ${asker}.`], about })
        .catch(() => false);
      if (agreed !== true) throw refused();
    } finally {
      this.#asking = false;
    }
  }
}

function known<P>(found: P | 'unknown' | 'changed'): P {
  if (found === 'unknown') {
    throw new ConsoleError('PLAN_UNKNOWN', 'There is no such plan any more.', {
      ...untouched,
      next: 'It was ordered already, or made too long ago: plan it again.',
    });
  }
  if (found === 'changed') {
    throw new ConsoleError('PLAN_CHANGED', 'The plan is not the one that was shown.', {
      ...untouched,
      next: 'Read the plan as it is now, and order it again.',
    });
  }
  return found;
}

function refused(): ConsoleError {
  return new ConsoleError('CONSENT_REFUSED', 'Consent was not given.', {
    ...untouched,
    next: 'Order it again and agree in the window or terminal that asks.',
  });
}
