import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Scenario } from './scenario.ts';
import { TopicDouble } from './topic-double.ts';

/** What looks need of the console that they are part of. */
interface Desk {
  answer<T>(work: () => T): Promise<T>;
  id(kind: string): string;
  now(): string;
  /** A look came to its end. */
  looked(node: SwarmNode): void;
}

/** Looks of a scenario, each in steps; they look at no machine. */
export class LooksDouble {
  readonly #desk: Desk;
  readonly #looks = new Map<string, LookState>();
  readonly #timers = new Set<ReturnType<typeof setInterval>>();
  readonly topic = new TopicDouble<LookState[], LookState>(() => [...this.#looks.values()]);
  readonly group: ConsoleService['looks'];
  /** False: looks stand before their end until they are stopped, however busy this computer is. */
  end = true;

  constructor(scenario: Scenario, desk: Desk) {
    this.#desk = desk;
    this.group = {
      start: ({ nodes }) =>
        desk.answer(() => {
          const wanted = scenario.nodes.filter((node) => nodes === undefined || nodes.includes(node.id));
          return { looks: wanted.map((node) => this.#look(node)) };
        }),
      cancel: ({ look }) =>
        desk.answer(() => {
          const found = this.#looks.get(look);
          if (!found) throw new ConsoleError('LOOK_UNKNOWN', 'There is no such look.');
          const cancelled = found.endedAt === null;
          if (cancelled) this.#progress({ ...found, state: 'cancelled', endedAt: desk.now() });
          return { cancelled };
        }),
    };
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #progress(look: LookState): void {
    this.#looks.set(look.look, look);
    this.topic.push(look);
  }

  /** A look that takes more than two seconds. */
  #look(node: SwarmNode): LookState {
    const look: LookState = {
      look: this.#desk.id('look'),
      node: node.id,
      nodeName: node.name,
      state: 'collecting',
      startedAt: this.#desk.now(),
      endedAt: null,
      subjectsDone: 0,
      subjectsTotal: 18,
      present: 'listening sockets',
      error: null,
    };
    this.#progress(look);
    const timer = setInterval(() => {
      const now = this.#looks.get(look.look);
      if (!now || now.endedAt !== null) {
        clearInterval(timer);
        this.#timers.delete(timer);
      } else if (now.subjectsDone < now.subjectsTotal) {
        this.#progress({ ...now, subjectsDone: now.subjectsDone + 1 });
      } else if (this.end) {
        this.#progress({ ...now, state: 'done', endedAt: this.#desk.now() });
        this.#desk.looked(node);
      }
    }, 120);
    this.#timers.add(timer);
    return look;
  }
}
