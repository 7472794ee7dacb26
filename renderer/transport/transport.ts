import type { ContractRouterClient } from '@orpc/contract';
import type { BridgePage, SaveOutcome, TextFile } from '#shared/contract/bridge.ts';
import type { Contract } from '#shared/contract/contract.ts';

/** Every procedure and stream of the contract as functions. */
export type Client = ContractRouterClient<Contract>;

/** Why there is no session: the page was opened without a link, the link was used or too old, or the session ended. */
export type NoSessionReason = 'no-link' | 'link-refused' | 'ended';

/** How the page stands with its console. */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'open' }
  /** Not reached since `since` (milliseconds since the epoch); it is tried again by itself. */
  | { kind: 'lost'; since: number }
  /** The console does not know this page; only a new link helps. */
  | { kind: 'no-session'; reason: NoSessionReason };

/** What a shell gives to the page: the procedures, and how the way to them stands. */
export interface Transport {
  shell: 'desktop' | 'web';
  client: Client;
  connection: Connection;
  /** Keep a text as a file: the system's dialog on the desktop, a download in a browser. */
  saveText(file: TextFile): Promise<SaveOutcome>;
  /** A page that menu, tray or a notification wants to be shown; never in a browser. */
  onOpenPage(listener: (page: BridgePage) => void): () => void;
}

/** The present {@link ConnectionState}, for `useSyncExternalStore`. */
export class Connection {
  #state: ConnectionState = { kind: 'connecting' };
  readonly #listeners = new Set<() => void>();

  /** The present state; the same object until it changes. */
  readonly get = (): ConnectionState => this.#state;

  /** @returns the function that unsubscribes */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The console answered. Ignored once there is no session: only a reload with a new link ends that. */
  opened(): void {
    if (this.#state.kind !== 'no-session') this.#set({ kind: 'open' });
  }

  /** The console did not answer; keeps the time of the first failure. */
  lost(): void {
    if (this.#state.kind === 'lost' || this.#state.kind === 'no-session') return;
    this.#set({ kind: 'lost', since: Date.now() });
  }

  /** The console refused this page. */
  refused(reason: NoSessionReason): void {
    this.#set({ kind: 'no-session', reason });
  }

  #set(state: ConnectionState): void {
    if (state.kind === this.#state.kind) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
