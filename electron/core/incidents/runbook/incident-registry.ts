import { createHash, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';

/** Plans that wait at one time; the oldest goes first. */
const MOST_PLANS = 32;

const KEY = Symbol('incident registry');

/** A step of an incident that a person agreed to outside the renderer. Only {@link IncidentRegistry.claim} makes one. */
export class ClaimedStep {
  readonly plan: IncidentPlan;

  /** @param key proves that a registry made it */
  constructor(key: symbol, plan: IncidentPlan) {
    if (key !== KEY) throw new TypeError('Only a registry hands out claimed steps');
    this.plan = plan;
  }
}

/** Steps that this console planned and nobody has ordered yet. Only the core adds to it. */
export class IncidentRegistry {
  readonly #plans = new Map<string, IncidentPlan>();

  /** @returns the plan with the hash by which it must be ordered */
  add(unhashed: Omit<IncidentPlan, 'hash'>): IncidentPlan {
    const plan = { ...structuredClone(unhashed), hash: incidentPlanHash(unhashed) };
    this.#plans.set(plan.id, plan);
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(id);
    }
    return structuredClone(plan);
  }

  /** @returns the plan, or why it cannot be ordered: there is none, or it is not the one that was shown */
  find(id: string, hash: string): IncidentPlan | 'unknown' | 'changed' {
    const known = this.#plans.get(id);
    if (known === undefined) return 'unknown';
    const [left, right] = [Buffer.from(known.hash), Buffer.from(hash)];
    const isSame = left.length === right.length && timingSafeEqual(left, right);
    return isSame ? structuredClone(known) : 'changed';
  }

  /** As {@link find}, and the plan is taken: it can be ordered once. */
  claim(id: string, hash: string): ClaimedStep | 'unknown' | 'changed' {
    const found = this.find(id, hash);
    if (typeof found === 'string') return found;
    this.#plans.delete(id);
    return new ClaimedStep(KEY, found);
  }
}

/** SHA-256 over the canonical JSON (RFC 8785) of all of a plan but its hash, 64 hex digits. */
export function incidentPlanHash(plan: Omit<IncidentPlan, 'hash'>): string {
  const { hash: _, ...rest } = plan as IncidentPlan;
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(rest)) as Json))
    .digest('hex');
}
