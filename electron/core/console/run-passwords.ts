import type { SwarmNode } from '#shared/domain/node.ts';
import type { Clock } from './clock.ts';
import type { ConsentGate } from './service.ts';

/** A password that was typed for a plan is forgotten after this time, unless a change was begun from it. */
const PLAN_MS = 5 * 60_000;
/** One whose change was begun is kept until its end, and at most so long. */
const CHANGE_MS = 15 * 60_000;

/** What a person reads where the password is typed: what becomes of it. */
export const PASSWORD_KEPT =
  'It goes to sudo over its standard input. Swarmkeep keeps it in memory for this plan and the change made from it, and forgets it at the end of that change, or after 5 minutes without one. It is never written down.';

/** The same for a look, which uses it alone. */
const PASSWORD_OF_LOOK =
  'It goes to sudo over its standard input. Swarmkeep keeps it in memory for this one look, and forgets it at its end. It is never written down.';

interface Kept {
  password: string;
  node: string;
  asker: string;
  runs: Set<string>;
  begun: boolean;
  off: () => void;
}

/**
 * Passwords of sudo that were typed for plans and changes: in memory only. A plan that is made anew for the same node uses the one that
 * was typed for the plan before it, so that nobody is asked again for each box that is ticked.
 */
export class RunPasswords {
  readonly #clock: Clock;
  readonly #consent: ConsentGate & { readonly asker?: string };
  readonly #risk: (node: SwarmNode) => Promise<string | null>;
  readonly #byRun = new Map<string, Kept>();
  /** Questions that are out, by node and asker. */
  readonly #asking = new Map<string, Promise<Kept | null>>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param risk what a person has to know before a password is typed for a node; null for nothing */
  constructor(
    clock: Clock,
    consent: ConsentGate & { readonly asker?: string },
    risk: (node: SwarmNode) => Promise<string | null>,
  ) {
    this.#clock = clock;
    this.#consent = consent;
    this.#risk = risk;
  }

  has(run: string): boolean {
    return this.#byRun.has(run);
  }

  of(run: string): string | null {
    return this.#byRun.get(run)?.password ?? null;
  }

  /**
   * Makes sure that a run has a password, when a person gives one. One question at a time; who waits for the same one shares its answer.
   * @param kind that of a look is asked for by itself, and used for nothing else
   */
  async askFor(node: SwarmNode, run: string, why: string, kind: 'plan' | 'look' = 'plan'): Promise<void> {
    if (this.#byRun.has(run)) return;
    const asker = this.#consent.asker ?? '';
    if (kind === 'look') {
      const kept = await this.#ask(node, asker, [why, PASSWORD_OF_LOOK]);
      if (kept === null) return;
      this.#use(kept, run);
      this.began(run);
      return;
    }
    const key = `${node.id} ${asker}`;
    const waiting = [...new Set(this.#byRun.values())].find(
      (kept) => kept.node === node.id && kept.asker === asker && !kept.begun,
    );
    if (waiting !== undefined) {
      this.#use(waiting, run);
      return;
    }
    const asked = this.#asking.get(key) ?? this.#ask(node, asker, [why, PASSWORD_KEPT]);
    this.#asking.set(key, asked);
    try {
      const kept = await asked;
      if (kept !== null) this.#use(kept, run);
    } finally {
      if (this.#asking.get(key) === asked) this.#asking.delete(key);
    }
  }

  /** A change was begun with this run. */
  began(run: string): void {
    const kept = this.#byRun.get(run);
    if (kept === undefined || kept.begun) return;
    kept.begun = true;
    this.#forgetAfter(kept, CHANGE_MS);
  }

  /** Forgets what a run has, for every other run that shares it too. */
  forget(run: string): void {
    const kept = this.#byRun.get(run);
    if (kept !== undefined) this.#drop(kept);
  }

  forgetAll(): void {
    for (const run of [...this.#byRun.keys()]) this.forget(run);
  }

  #ask(node: SwarmNode, asker: string, lines: readonly string[]): Promise<Kept | null> {
    const turn = this.#turn.then(async () => {
      const risk = await this.#risk(node);
      const given = await this.#consent
        .askPassword?.({
          title: `Password of sudo on ${node.name}`,
          lines: risk === null ? lines : [risk, ...lines],
          about: { node: node.id, name: node.name },
        })
        .catch(() => null);
      if (given === null || given === undefined) return null;
      const kept = {
        password: given,
        node: node.id,
        asker,
        runs: new Set<string>(),
        begun: false,
        off: () => undefined,
      };
      this.#forgetAfter(kept, PLAN_MS);
      return kept;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #use(kept: Kept, run: string): void {
    kept.runs.add(run);
    this.#byRun.set(run, kept);
  }

  #forgetAfter(kept: Kept, milliseconds: number): void {
    kept.off();
    kept.off = this.#clock.after(milliseconds, () => this.#drop(kept));
  }

  #drop(kept: Kept): void {
    kept.off();
    for (const run of kept.runs) if (this.#byRun.get(run) === kept) this.#byRun.delete(run);
  }
}
