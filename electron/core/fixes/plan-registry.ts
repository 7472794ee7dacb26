import { createHash, timingSafeEqual } from 'node:crypto';

/** Plans that wait at one time; the oldest goes first. A person reads one after the other. */
const MOST_PLANS = 256;

/** What a person is asked to agree to. `steps` is the whole plan as data; its hash covers everything. */
export interface Plan {
  id: string;
  /** What it does, in one sentence. */
  title: string;
  /** What is shown with the question: each step in words and the exact command or file change. */
  lines: readonly string[];
  steps: unknown;
}

/** Plans that this console made and nobody has ordered yet. Only the core adds to it, never a renderer. */
export class PlanRegistry {
  readonly #plans = new Map<string, { plan: Plan; hash: string }>();

  /** @returns the hash by which the plan must be ordered, 64 hex digits. A plan with the same id is replaced. */
  add(plan: Plan): string {
    const kept = structuredClone(plan);
    const hash = planHash(kept);
    this.#plans.delete(kept.id);
    this.#plans.set(kept.id, { plan: kept, hash });
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(id);
    }
    return hash;
  }

  /** @returns the plan, or why it cannot be ordered: there is none, or it is not the one that was shown. */
  find(id: string, hash: string): Plan | 'unknown' | 'changed' {
    const entry = this.#plans.get(id);
    if (entry === undefined) return 'unknown';
    return sameHash(entry.hash, hash) ? entry.plan : 'changed';
  }

  /** As {@link find}, and the plan is taken: it can be ordered once. */
  claim(id: string, hash: string): Plan | 'unknown' | 'changed' {
    const found = this.find(id, hash);
    if (typeof found !== 'string') this.#plans.delete(id);
    return found;
  }
}

/** SHA-256 over the canonical JSON of a plan (keys sorted as in RFC 8785), 64 hex digits. */
export function planHash(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify(plan, (_key, value: unknown) => sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
