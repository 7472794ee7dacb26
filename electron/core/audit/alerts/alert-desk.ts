import type { Detection } from '#core/detection/detector.ts';
import { type AlertTable, foldOf, type KeptAlert, MATCHES_KEPT } from '#core/store/audit/alerts.ts';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import { Silencer } from './silencer.ts';

/** Alerts that are kept at hand, so that a flood of equal matches reads its alert once. */
const AT_HAND = 1_024;
/**
 * Alerts of one rule on one node that wait for somebody. What matches about still other things is one more alert: whoever makes
 * matches of ever new names must not fill the list until nothing else is seen in it.
 */
const MOST_WAITING = 20;
/** What stands for all other things that a rule matches about. No field is without a name, so no event can claim it. */
const MANY_OTHERS = { entity: 'many others', entityField: '' };
const MANY_SILENCED = { entity: 'many silenced others', entityField: '' };
/** An alert that was acknowledged and calm for so long is news when it begins again. */
const CALM_MS = 86_400_000;

/** Things that are remembered of one batch for an alert about many; what is not remembered makes it news once more. */
const OTHERS_AT_ONCE = 10_000;

/** What a match is about, and the silence that hides it. */
interface About {
  entity: string;
  entityField: string;
  silence: string | null;
}

interface Pending {
  alert: KeptAlert;
  /** Not in the records yet. */
  fresh: boolean;
  /** It became new with this batch: somebody is to be told. */
  woke: boolean;
  matches: { number: number; at: number }[];
  /** Of an alert about many: what it took in with this batch, each once. */
  others: Map<string, About>;
}

/** An alert that a batch changed. */
export interface ChangedAlert {
  alert: KeptAlert;
  /** It became new: the first match, or the first after it was resolved or silenced. */
  woke: boolean;
}

/** Folds matches into alerts. What a batch changes is kept in memory and written with the batch. */
export class AlertDesk {
  readonly #table: AlertTable;
  readonly #silencer: Silencer;
  readonly #atHand = new Map<string, KeptAlert>();
  readonly #pending = new Map<string, Pending>();
  readonly #days = new Map<string, number>();
  readonly #hidden = new Map<string, number>();
  /** Alerts that wait or are silenced, by rule and node; null when they were not counted yet. */
  #waiting: Map<string, number> | null = null;

  constructor(table: AlertTable) {
    this.#table = table;
    this.#silencer = new Silencer(table);
  }

  /**
   * Takes a match.
   * @param event the newest of those that led to it
   * @param now milliseconds since 1970 UTC
   */
  match(detection: Detection, event: StoredEvent, now: number): void {
    const { rule } = detection;
    const entity = detection.entity.slice(0, 256);
    const entityField = detection.entityField.slice(0, 256);
    const silence = this.#silencer.hiding(rule.id, event, now);
    if (silence !== null) this.#hidden.set(silence, (this.#hidden.get(silence) ?? 0) + 1);
    this.#days.set(rule.id, (this.#days.get(rule.id) ?? 0) + 1);
    const about: About = { entity, entityField, silence };
    const pending = this.#pendingFor(detection, event, about);
    const { alert } = pending;
    const news = now - alert.lastAt >= CALM_MS || this.#isOneMore(pending, about);
    alert.count += 1;
    alert.rule = rule;
    // A log may claim any time: none moves what happens now into the past, or into the future.
    alert.lastAt =
      alert.count === 1 ? Math.min(event.at, now) : Math.max(alert.lastAt, Math.min(event.at, now));
    alert.lastEvent = event.number;
    if (silence === null && (alert.state !== 'acknowledged' ? alert.state !== 'new' : news)) {
      alert.state = 'new';
      alert.silence = null;
      pending.woke = true;
    }
    if (alert.count > MATCHES_KEPT) return;
    for (const number of detection.events.length > 0 ? detection.events : [event.number]) {
      pending.matches.push({ number, at: event.at });
    }
  }

  /** Writes what changed, in the caller's transaction. @returns it; valid once the transaction is on the disk */
  write(now: number): ChangedAlert[] {
    const changed: ChangedAlert[] = [];
    for (const { alert, fresh, woke, matches, others } of this.#pending.values()) {
      if (fresh) alert.id = this.#table.insert(alert);
      else this.#table.update(alert);
      for (const { number, at } of matches) this.#table.addMatch(alert.id, number, at);
      if (others.size > 0) this.#table.addOthers(alert.id, [...others.values()]);
      changed.push({ alert: { ...alert }, woke });
    }
    for (const [rule, matches] of this.#days) this.#table.addDay(rule, now, matches);
    for (const [silence, matches] of this.#hidden) this.#table.hide(silence, matches);
    return changed;
  }

  /** The transaction is on the disk: what was written stays at hand. */
  settle(): void {
    for (const [fold, { alert }] of this.#pending) {
      this.#atHand.delete(fold);
      this.#atHand.set(fold, alert);
    }
    while (this.#atHand.size > AT_HAND) this.#atHand.delete(this.#atHand.keys().next().value ?? '');
    this.#clear();
  }

  /** The transaction went back, or somebody else changed alerts or silences. */
  forget(): void {
    this.#waiting = null;
    this.#atHand.clear();
    this.#silencer.forget();
    this.#clear();
  }

  /** The alert that a match belongs to: its own, one that is made, or that of many others. */
  #pendingFor(detection: Detection, event: StoredEvent, what: About): Pending {
    const { rule } = detection;
    const fold = foldOf(rule.id, event.node, what.entityField, what.entity);
    const pending = this.#pending.get(fold);
    if (pending !== undefined) return pending;
    const known = this.#atHand.get(fold) ?? this.#table.byFold(fold);
    if (known !== null) return this.#begin(fold, known, detection, event, what);
    if (what.entityField !== '') {
      const waiting = this.#countWaiting();
      const key = waitingKey(rule.id, event.node, what.silence !== null);
      const count = waiting.get(key) ?? 0;
      const others = what.silence === null ? MANY_OTHERS : MANY_SILENCED;
      if (count >= MOST_WAITING) return this.#pendingFor(detection, event, { ...what, ...others });
      waiting.set(key, count + 1);
    }
    return this.#begin(fold, null, detection, event, what);
  }

  /**
   * Whether an alert about many things had not taken in this one before. Who acknowledged it has not seen that one; whoever floods an
   * alert with names must not hide what comes after them.
   */
  #isOneMore({ alert, others }: Pending, about: About): boolean {
    if (alert.entityField !== '' || about.entityField === '') return false;
    const thing = JSON.stringify([about.entityField, about.entity]);
    if (others.has(thing)) return false;
    if (others.size < OTHERS_AT_ONCE) others.set(thing, about);
    return alert.id === 0 || !this.#table.hasOther(alert.id, about.entityField, about.entity);
  }

  #countWaiting(): Map<string, number> {
    if (this.#waiting !== null) return this.#waiting;
    const waiting = new Map<string, number>();
    for (const { rule, node, entityField, state } of this.#table.list(['new', 'silenced'], null)) {
      if (entityField === '') continue;
      const key = waitingKey(rule.id, node, state === 'silenced');
      waiting.set(key, (waiting.get(key) ?? 0) + 1);
    }
    this.#waiting = waiting;
    return waiting;
  }

  #begin(
    fold: string,
    known: KeptAlert | null,
    { rule, events }: Detection,
    event: StoredEvent,
    what: About,
  ): Pending {
    const fresh = known === null;
    const alert: KeptAlert = known ?? {
      ...what,
      id: 0,
      rule,
      node: event.node,
      state: what.silence === null ? 'new' : 'silenced',
      count: 0,
      firstAt: event.at,
      lastAt: event.at,
      firstEvent: events[0] ?? event.number,
      lastEvent: event.number,
      notes: [],
    };
    const pending = { alert, fresh, woke: fresh && what.silence === null, matches: [], others: new Map() };
    this.#pending.set(fold, pending);
    return pending;
  }

  #clear(): void {
    this.#pending.clear();
    this.#days.clear();
    this.#hidden.clear();
  }
}

const waitingKey = (rule: string, node: string, silenced: boolean): string =>
  JSON.stringify([rule, node, silenced]);
