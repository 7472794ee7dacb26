import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { OpenQuestion } from '#shared/contract/questions.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import type { Asking, ConsentGate, Question } from './service.ts';

/** A command of the same user whose own terminal can be asked, for as long as it runs. */
export interface CommandTerminal extends ConsentGate {
  /** Say what goes on elsewhere, so that nobody waits for nothing. */
  tell(words: string): void;
}

/** The command on whose behalf the present work is done; empty: a page, or the console by itself. */
const caller = new AsyncLocalStorage<string>();

/** Does work for the command with this terminal, whatever it begins included. */
export function onBehalfOf<T>(terminal: string | undefined, work: () => T): T {
  return caller.run(terminal ?? '', work);
}

/**
 * Where questions of a console wait for a person: they are asked where the shell asks, or in the terminal of the command that ordered
 * the work, and pages are told that they are out, never what is answered.
 *
 * A password is asked for in the terminal of the command, where there is one: whoever knows it may use it. Consent is asked for there
 * only where the console has no terminal or window of its own: a program of the same user reaches the socket too, and shall not be able
 * to nod for the person in front of the console.
 */
export class QuestionDesk implements ConsentGate {
  readonly #own: ConsentGate;
  readonly #place: 'terminal' | 'window';
  readonly #now: () => Date;
  readonly #terminals = new Map<string, CommandTerminal>();
  readonly #open = new Map<string, { shown: OpenQuestion; end: AbortController }>();
  readonly #listeners = new Set<() => void>();

  /** @param place what the shell asks in, as sentences call it */
  constructor(own: ConsentGate, place: 'terminal' | 'window', now: () => Date = () => new Date()) {
    this.#own = own;
    this.#place = place;
    this.#now = now;
  }

  /** Lets the terminal of a command be asked. @returns ends that: its open questions are refused */
  attach(id: string, terminal: CommandTerminal): () => void {
    this.#terminals.set(id, terminal);
    return () => {
      if (this.#terminals.get(id) === terminal) this.#terminals.delete(id);
    };
  }

  /** Who would be asked for the present work: passwords of one are not used for another. */
  get asker(): string {
    return this.#command() === undefined ? '' : (caller.getStore() ?? '');
  }

  get canAsk(): boolean {
    return this.#own.canAsk !== false || this.#command()?.canAsk === true;
  }

  ask(question: Question): Promise<boolean> {
    const command = this.#command();
    const here = this.#own.canAsk !== false;
    const gate = here || command?.canAsk !== true ? this.#own : command;
    if (gate !== command)
      command?.tell(`${this.#where()} asks for your yes to “${visible(question.title)}”. Answer there.`);
    return this.#out(question, 'consent', gate === this.#own ? this.#place : 'command', (how) =>
      gate.ask(question, how),
    );
  }

  /** Left out while nobody can be asked for a password. */
  get askPassword(): ConsentGate['askPassword'] {
    const command = this.#command();
    const gate = command?.askPassword === undefined ? this.#own : command;
    if (gate.askPassword === undefined) return undefined;
    return (question) => {
      if (gate !== command)
        command?.tell(`${this.#where()} asks: ${visible(question.title)}. Type it there.`);
      return this.#out(question, 'password', gate === this.#own ? this.#place : 'command', (how) =>
        (gate.askPassword as NonNullable<ConsentGate['askPassword']>)(question, how),
      );
    };
  }

  tell(words: string): void {
    const command = this.#command();
    if (command?.askPassword === undefined) this.#own.tell?.(words);
    else command.tell(words);
  }

  /** Questions that wait now, oldest first. */
  list(): OpenQuestion[] {
    return [...this.#open.values()].map(({ shown }) => shown);
  }

  /** Takes a question back, as a no. @returns whether it was still out */
  dismiss(id: string): boolean {
    const open = this.#open.get(id);
    open?.end.abort();
    return open !== undefined;
  }

  /** Calls back when a question is asked or answered. @returns ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #command(): CommandTerminal | undefined {
    return this.#terminals.get(caller.getStore() ?? '');
  }

  #where(): string {
    return `The ${this.#place} ${this.#place === 'terminal' ? 'in which Swarmkeep runs' : 'of Swarmkeep'}`;
  }

  async #out<T>(
    { title, about }: Question,
    kind: OpenQuestion['kind'],
    where: OpenQuestion['where'],
    work: (how: Asking) => Promise<T>,
  ): Promise<T> {
    const id = randomBytes(16).toString('hex');
    const end = new AbortController();
    const shown: OpenQuestion = {
      id,
      kind,
      where,
      title: shortened(visible(title), 240),
      node: about?.node ?? null,
      nodeName: about === undefined ? null : about.name,
      askedAt: this.#now().toISOString(),
    };
    this.#open.set(id, { shown, end });
    this.#changed();
    try {
      return await work({ signal: end.signal });
    } finally {
      this.#open.delete(id);
      this.#changed();
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
