import { randomBytes } from 'node:crypto';
import { firstSeenOverview, LEARN_DAYS } from '#core/detection/pack/first-seen.ts';
import { asAlert, asSilence } from '#core/store/audit/alerts.ts';
import { eventsSigner, openAuditStore } from '#core/store/audit/audit-store.ts';
import { asAuditError, auditFile } from '#core/store/audit/open-audit-database.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AuditState } from '#shared/contract/audit.ts';
import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import {
  type OwnRules,
  type PlaceholderValues,
  placeholderValues,
  type RuleFileText,
} from '#shared/domain/audit/own-rules.ts';
import type { AuditSource, SourceTarget } from '#shared/domain/audit/source.ts';
import { IngestDesk } from './ingest/ingest-desk.ts';
import { LiveDesk } from './live-desk.ts';
import { checkOwnRules, keepOwnRules, ownRulesFolder, removeOwnRules } from './own-rules.ts';
import { type Committed, Intake } from './pipeline/intake.ts';
import { Rate } from './pipeline/rates.ts';
import { ANNOUNCEMENTS, type Stranger, strangerDetection, strangerRecord } from './pipeline/stranger.ts';
import { Watcher } from './pipeline/watcher.ts';
import type { AuditKeep, AuditResponse } from './protocol.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { OpenFollower, WatchedNode } from './watched-node.ts';

/** Milliseconds between what is due again and again. */
const LIVE_MS = 50;
const TICK_MS = 1_000;
const LISTEN_MS = 20_000;
/** Segments that are removed one after the other before others have their turn. */
const PRUNED_AT_ONCE = 4;

/** Note of the database with values for placeholders of rules. */
const RULE_VALUES = 'rule-values';

export interface WriterOptions {
  folder: string;
  keep: AuditKeep;
  openFollower: OpenFollower;
  /** Reads all rules. Values are for placeholders, by name. */
  loadRules: (values: PlaceholderValues) => RulesInForce;
  say: (response: AuditResponse) => void;
}

/** Everything that changes what the audit keeps. One of it runs in its own thread and owns the database. */
export function writerOperations({ folder, keep: first, openFollower, loadRules, say }: WriterOptions) {
  let keep = first;
  let trouble = '';
  const store = openAuditStore(folder, keep.fullText);
  let signer = eventsSigner(folder);
  const live = new LiveDesk((id, deltas) => say({ live: id, deltas }));
  const rate = new Rate(performance.now());
  let verified: AuditState['verified'] = headOf();
  let newAlerts = store.alerts.count('new');
  let pruned: { first: number; last: number }[] = [];

  let rules = loadRules(ruleValues());
  /** Rules have changed on the disk and are not in force yet. */
  let stale = false;

  function ruleValues(): PlaceholderValues {
    const stored = placeholderValues.safeParse(store.note(RULE_VALUES));
    return stored.success ? stored.data : {};
  }

  /** The rules as they are on the disk. Many that come one after the other are read once. */
  function freshRules(): RulesInForce {
    if (!stale) return rules;
    stale = false;
    try {
      rules = loadRules(ruleValues());
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown reason';
      trouble = `Own rules could not be read (${why}). Those from before stay in force.`.slice(0, 1_024);
    }
    return rules;
  }

  /** @returns what the work gives; what the disk refuses in words */
  function onDisk<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asAuditError(error, ownRulesFolder(folder));
    } finally {
      rulesChanged();
    }
  }

  /** From the next event on they are in force. */
  function rulesChanged(): void {
    stale = true;
    intake.forgetDetector();
  }

  const learnDays = (): number => keep.learnDays ?? LEARN_DAYS;

  function headOf(): AuditState['verified'] {
    const head = store.events.newest();
    return head === null ? null : { upTo: head.size, at: new Date(head.at).toISOString() };
  }

  function committed(what: Committed): void {
    watcher.committed(what);
    rate.add(what.events);
    if (signer !== null && what.events > 0) {
      verified = { upTo: store.events.written, at: new Date().toISOString() };
    }
    if (what.alerts.length === 0) return;
    newAlerts = store.alerts.count('new');
    say({ alerts: what.alerts.map(({ alert, woke }) => ({ alert: asAlert(alert), woke })) });
  }

  const intake = new Intake({
    store,
    signer: () => signer,
    createDetector: (state) => freshRules().createDetector(state),
    createFirstSeen: (state) => rules.createFirstSeen(state, learnDays),
    now: Date.now,
    committed,
    live,
  });
  const ingesting = new IngestDesk({ store, intake, now: Date.now });
  const watcher = new Watcher({
    store,
    intake,
    openFollower,
    now: Date.now,
    trouble: (error) => {
      trouble = error === null ? '' : `${error.message} ${error.untouched} ${error.next}`.slice(0, 1_024);
    },
  });

  let written = 0;
  /** Events that are stored; as many as were known last where that cannot be read any more, which is said. */
  function writtenNow(): number {
    try {
      written = store.events.written;
    } catch (error) {
      const { message, untouched, next } = asAuditError(error, auditFile(folder));
      trouble ||= `${message} ${untouched} ${next}`.slice(0, 1_024);
    }
    return written;
  }

  function state(): AuditState {
    const infos = freshRules().list(intake.logsources());
    const letGo = intake.letGo();
    return {
      watching: watcher.since !== null,
      since: watcher.since === null ? null : new Date(watcher.since).toISOString(),
      trouble,
      events: writtenNow(),
      eventsPerSecond: rate.value,
      verified,
      newAlerts,
      rules: infos.length,
      idleRules: infos.filter(({ canFire }) => !canFire).length,
      ...(letGo.groups + letGo.entries > 0 ? { letGo } : {}),
    };
  }

  function tick(): void {
    rate.tick(performance.now());
    watcher.tick();
    say({ state: state(), sources: watcher.list() });
  }

  /** What is due a few times a minute; what cannot be written then is written the next time. */
  function listen(): void {
    try {
      watcher.listen();
      watcher.recountGaps();
      if (watcher.since !== null) store.durably(() => store.writeNote('watched-until', Date.now()));
      // The key may have come, or may be another one.
      signer = eventsSigner(folder);
      if (signer !== null) {
        const own = signer;
        store.durably(() => store.events.signAgain(own, Date.now()));
        verified = headOf();
      }
      for (let count = 0; count < PRUNED_AT_ONCE; count += 1) {
        const range = store.prune(keep, Date.now());
        if (range === null) break;
        const last = pruned.at(-1);
        if (last !== undefined && last.last + 1 === range.first) last.last = range.last;
        else pruned.push(range);
      }
      store.checkpointWal();
    } catch (error) {
      trouble = error instanceof StoreError ? error.message : 'What the logs say could not be stored.';
    }
  }

  const timers = [
    setInterval(() => live.flush(), LIVE_MS),
    setInterval(tick, TICK_MS),
    setInterval(listen, LISTEN_MS),
  ];

  const operations = {
    watch: ({ nodes }: { nodes: readonly WatchedNode[] }) => watcher.watch(nodes),
    keep(input: AuditKeep): void {
      keep = input;
      store.events.setFullText(input.fullText);
    },
    state: () => state(),
    sources: (): AuditSource[] => watcher.list(),
    addSource: ({ node, target }: { node: string; target: SourceTarget }) => watcher.add(node, target),
    removeSource: ({ source }: { source: string }) => watcher.remove(source),
    setSource: ({ source, ...change }: Parameters<Watcher['set']>[1] & { source: string }) =>
      watcher.set(source, change),
    ingest: (input: { node: string; path: string; format: AuditSource['chosenFormat'] }) =>
      ingesting.ingest(input),
    ingested: () => ingesting.list(),
    /** Somebody who is no node announces itself as one. */
    stranger: ({ node, stranger }: { node: string; stranger: Stranger }): void =>
      intake.say(strangerRecord(stranger), { node, source: ANNOUNCEMENTS }, (number) =>
        strangerDetection(stranger, number),
      ),
    stopIngest: (input: { node: string; path: string }) => ingesting.stop(input),

    /** @returns null when there is no such alert */
    setAlert({
      alert: id,
      state: wanted,
      note,
    }: {
      alert: number;
      state?: 'new' | 'acknowledged' | 'resolved' | undefined;
      note: string;
    }) {
      intake.settle();
      const found = store.alerts.byId(id);
      if (found === null) return null;
      if (wanted !== undefined) {
        found.state = wanted;
        found.silence = null;
      }
      if (note !== '') found.notes.push({ at: Date.now(), text: note });
      store.durably(() => store.alerts.update(found));
      intake.forgetAlerts();
      newAlerts = store.alerts.count('new');
      const alert = asAlert(found);
      say({ alerts: [{ alert, woke: false }] });
      return alert;
    },

    /** @param hides alerts that the silence covers already: they are silenced with it */
    silence(input: {
      id: string;
      query: string;
      rule: string | null;
      reason: string;
      until: number;
      hides: readonly number[];
    }) {
      const { hides, ...rest } = input;
      const { id } = rest;
      const silence = { ...rest, createdAt: Date.now(), endedAt: null, hidden: 0 };
      intake.settle();
      const changed = store.durably(() => {
        store.alerts.addSilence(silence);
        return hides.flatMap((alert) => {
          const found = store.alerts.byId(alert);
          if (found === null || found.state === 'resolved') return [];
          const silenced = { ...found, state: 'silenced' as const, silence: id };
          store.alerts.update(silenced);
          return [silenced];
        });
      });
      intake.forgetAlerts();
      newAlerts = store.alerts.count('new');
      say({ alerts: changed.map((alert) => ({ alert: asAlert(alert), woke: false })) });
      return asSilence(silence);
    },

    /** What it hid waits again. @returns null when there is none */
    endSilence({ silence: id }: { silence: string }) {
      intake.settle();
      const changed = store.durably(() => {
        store.alerts.endSilence(id, Date.now());
        return store.alerts.list(['silenced'], null).flatMap((alert) => {
          if (alert.silence !== id) return [];
          const waits = { ...alert, state: 'new' as const, silence: null };
          store.alerts.update(waits);
          return [waits];
        });
      });
      intake.forgetAlerts();
      newAlerts = store.alerts.count('new');
      say({ alerts: changed.map((alert) => ({ alert: asAlert(alert), woke: false })) });
      const found = store.alerts.silences().find((silence) => silence.id === id);
      return found === undefined ? null : asSilence(found);
    },

    /** What is learnt of each node. */
    firstSeen: () => firstSeenOverview(store.note('first-seen'), learnDays()),

    rules: (): { rule: RuleInfo; canFire: boolean; whyNot: string }[] =>
      freshRules().list(intake.logsources()),
    ownRules: (): OwnRules => freshRules().ownRules(),
    checkRules: ({ files }: { files: readonly RuleFileText[] }) =>
      checkOwnRules(files, ruleValues(), freshRules().taken, ownRulesFolder(folder)),
    addRules: ({ files }: { files: readonly RuleFileText[] }): void =>
      onDisk(() => keepOwnRules(folder, files)),
    /** @returns the text that was there; null when there is no such file */
    removeRules: ({ name }: { name: string }): string | null => onDisk(() => removeOwnRules(folder, name)),
    /** No values: the placeholder has none any more. */
    setRuleValues({ name, values }: { name: string; values: readonly string[] }): OwnRules {
      const next = placeholderValues.parse({ ...ruleValues(), [name]: [...values] });
      if (values.length === 0) delete next[name];
      store.durably(() => store.writeNote(RULE_VALUES, next));
      rulesChanged();
      return freshRules().ownRules();
    },
    saveSearch: (input: { name: string; query: string }) => {
      const search = { id: randomBytes(9).toString('base64url'), ...input };
      store.saveSearch(search);
      return search;
    },
    removeSearch: ({ search }: { search: string }) => store.removeSearch(search),
    /** What was read before is on the disk when this returns; what is read later is said. */
    openLive({ id, query, node }: { id: number; query: string; node: string | null }): void {
      intake.settle();
      live.open(id, query, node, Date.now());
    },
    closeLive: ({ id }: { id: number }) => live.close(id),
    /** The newest signed root, and events that were removed since this was asked last. */
    takeHead() {
      signer = eventsSigner(folder);
      if (signer !== null) {
        const own = signer;
        store.durably(() => store.events.signAgain(own, Date.now()));
        verified = headOf();
      }
      const removed = pruned;
      pruned = [];
      return { head: store.events.newest(), removed };
    },
    async close(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      await ingesting.close();
      await watcher.close();
      if (watcher.since !== null) store.durably(() => store.writeNote('watched-until', Date.now()));
      store.close();
    },
  };
  return { operations, arrived: (id: number) => live.arrived(id) };
}

export type WriterOperations = ReturnType<typeof writerOperations>['operations'];
