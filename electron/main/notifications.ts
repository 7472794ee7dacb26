import { Notification } from 'electron';
import { plainText } from './plain-text.ts';

/** No more than this many in this time: a flood is one notification that says so, not a hundred. */
const LIMIT = { most: 5, withinMs: 60_000 } as const;

/** Notifications of the system. The core decides when there is news; this only shows it, and never in a flood. */
export class Notifications {
  readonly #open: () => void;
  /** Kept while they are shown: a notification that is collected no longer answers to a click. */
  readonly #shown = new Set<Notification>();
  #times: number[] = [];

  constructor(open: () => void) {
    this.#open = open;
  }

  /** @param sentence one sentence of news, of any origin */
  tell(sentence: string): void {
    if (!Notification.isSupported()) return;
    const now = Date.now();
    this.#times = this.#times.filter((at) => now - at < LIMIT.withinMs);
    if (this.#times.length > LIMIT.most) return;
    const body =
      this.#times.length < LIMIT.most
        ? plainText(sentence, 240)
        : 'More has changed. Open Swarmkeep to see it.';
    this.#times.push(now);
    const notification = new Notification({ title: 'Swarmkeep', body, silent: true });
    this.#shown.add(notification);
    notification.on('click', () => this.#open());
    notification.on('close', () => this.#shown.delete(notification));
    notification.on('failed', () => this.#shown.delete(notification));
    notification.show();
  }
}
