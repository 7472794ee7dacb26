import { createHash, timingSafeEqual } from 'node:crypto';
import type { RotationPlace } from '#core/store/operations/rotations.ts';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import type { RotationPlan } from '#shared/domain/rotation/plan.ts';
import type { Preflight } from './preflight.ts';

/** Plans that wait at one time; the oldest goes first. */
const MOST_PLANS = 32;

const KEY = Symbol('rotation registry');

/** A rotation that a person agreed to outside the renderer. Only {@link RotationRegistry.claim} makes one. */
export class ClaimedRotation {
  readonly plan: RotationPlan;
  readonly places: ReadonlyMap<string, RotationPlace>;

  /** @param key proves that a registry made it */
  constructor(key: symbol, plan: RotationPlan, places: ReadonlyMap<string, RotationPlace>) {
    if (key !== KEY) throw new TypeError('Only a registry hands out claimed rotations');
    this.plan = plan;
    this.places = places;
  }
}

/** Rotations that this console planned and nobody has ordered yet. Only the core adds to it. */
export class RotationRegistry {
  readonly #plans = new Map<string, { plan: RotationPlan; places: ReadonlyMap<string, RotationPlace> }>();

  /** @returns the plan with the hash by which it must be ordered */
  add({ plan: unhashed, places }: Preflight): RotationPlan {
    const plan = { ...structuredClone(unhashed), hash: rotationHash(unhashed) };
    this.#plans.set(plan.id, { plan, places });
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(id);
    }
    return structuredClone(plan);
  }

  /** @returns the plan, or why it cannot be ordered: there is none, or it is not the one that was shown */
  find(id: string, hash: string): RotationPlan | 'unknown' | 'changed' {
    const known = this.#plans.get(id);
    if (known === undefined) return 'unknown';
    const [left, right] = [Buffer.from(known.plan.hash), Buffer.from(hash)];
    const isSame = left.length === right.length && timingSafeEqual(left, right);
    return isSame ? structuredClone(known.plan) : 'changed';
  }

  /** As {@link find}, and the plan is taken: it can be ordered once. */
  claim(id: string, hash: string): ClaimedRotation | 'unknown' | 'changed' {
    const found = this.find(id, hash);
    if (typeof found === 'string') return found;
    const places = this.#plans.get(id)?.places ?? new Map();
    this.#plans.delete(id);
    return new ClaimedRotation(KEY, found, places);
  }
}

/** SHA-256 over the canonical JSON (RFC 8785) of all of a plan but its hash, 64 hex digits. */
export function rotationHash(plan: Omit<RotationPlan, 'hash'>): string {
  const { hash: _, ...rest } = plan as RotationPlan;
  // A clock is off by fractions of a millisecond, and the canonical form knows whole numbers.
  const text = JSON.stringify(rest, (_name, value) => (typeof value === 'number' ? String(value) : value));
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(text) as Json))
    .digest('hex');
}
