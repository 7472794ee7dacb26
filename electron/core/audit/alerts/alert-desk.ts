import type { Detection } from '#core/detection/detector.ts';
import { type AlertTable, foldOf, type KeptAlert, MATCHES_KEPT } from '#core/store/audit/alerts.ts';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import { Silencer } from './silencer.ts';

/** Alerts that are kept at hand, so that a flood of equal matches reads its alert once. */
const AT_HAND = 1_024;

interface Pending {
  alert: KeptAlert;
  /** Not in the records yet. */
  fresh: boolean;
  /** It became new with this batch: somebody is to be told. */
  woke: boolean;
  matches: { number: number; at: number }[];
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
    const fold = foldOf(rule.id, event.node, entityField, entity);
    const pending =
      this.#pending.get(fold) ?? this.#begin(fold, detection, event, { entity, entityField, silence });
    const { alert } = pending;
    alert.count += 1;
    alert.rule = rule;
    alert.lastAt = event.at;
    alert.lastEvent = event.number;
    if (silence === null && (alert.state === 'resolved' || alert.state === 'silenced')) {
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
    for (const { alert, fresh, woke, matches } of this.#pending.values()) {
      if (fresh) alert.id = this.#table.insert(alert);
      else this.#table.update(alert);
      for (const { number, at } of matches) this.#table.addMatch(alert.id, number, at);
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
    this.#atHand.clear();
    this.#silencer.forget();
    this.#clear();
  }

  #begin(
    fold: string,
    { rule, events }: Detection,
    event: StoredEvent,
    what: { entity: string; entityField: string; silence: string | null },
  ): Pending {
    const known = this.#atHand.get(fold) ?? this.#table.byFold(fold);
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
    const pending = { alert, fresh, woke: fresh && what.silence === null, matches: [] };
    this.#pending.set(fold, pending);
    return pending;
  }

  #clear(): void {
    this.#pending.clear();
    this.#days.clear();
    this.#hidden.clear();
  }
}
