import { createHash, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import type { Plan } from '#shared/domain/plan.ts';

/** Plans that wait at one time; the oldest goes first. A person reads one after the other. */
const MOST_PLANS = 256;

/** A plan before it has its hash. */
export type UnhashedPlan = Omit<Plan, 'hash'>;

/**
 * A plan that was claimed, after a person agreed to it outside the renderer. Only {@link PlanRegistry.claim} makes one, so
 * that no code can order what was not asked about.
 */
export class ClaimedPlan {
  readonly #plan: Plan;

  /** @param key proves that a registry made it */
  constructor(key: symbol, plan: Plan) {
    if (key !== KEY) throw new TypeError('Only a registry hands out claimed plans');
    this.#plan = plan;
  }

  get plan(): Plan {
    return this.#plan;
  }
}

const KEY = Symbol('plan registry');

/** Plans that this console made and nobody has ordered yet. Only the core adds to it, never a renderer. */
export class PlanRegistry {
  readonly #plans = new Map<string, Plan>();

  /** @returns the plan with the hash by which it must be ordered. A plan with the same id is replaced. */
  add(plan: UnhashedPlan): Plan {
    const own = structuredClone(plan);
    const kept: Plan = { ...own, hash: planHash(own) };
    this.#plans.delete(kept.id);
    this.#plans.set(kept.id, kept);
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(id);
    }
    return structuredClone(kept);
  }

  /** @returns the plan, or why it cannot be ordered: there is none, or it is not the one that was shown. */
  find(id: string, hash: string): Plan | 'unknown' | 'changed' {
    const plan = this.#plans.get(id);
    if (plan === undefined) return 'unknown';
    return sameHash(plan.hash, hash) ? structuredClone(plan) : 'changed';
  }

  /** As {@link find}, and the plan is taken: it can be ordered once. */
  claim(id: string, hash: string): ClaimedPlan | 'unknown' | 'changed' {
    const found = this.find(id, hash);
    if (typeof found === 'string') return found;
    this.#plans.delete(id);
    return new ClaimedPlan(KEY, found);
  }
}

/** SHA-256 over the canonical JSON (RFC 8785) of all of a plan but its hash, 64 hex digits. */
export function planHash(plan: UnhashedPlan): string {
  const { hash: _, ...rest } = plan as Plan;
  // Fields that are undefined are not part of JSON.
  const plain = JSON.parse(JSON.stringify(rest)) as Json;
  return createHash('sha256').update(canonicalJson(plain)).digest('hex');
}

function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
