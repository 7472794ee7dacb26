import type { Detection, Detector } from '#core/detection/detector.ts';
import type { FirstSeen } from '#core/detection/pack/first-seen.ts';
import { type LetGo, letGoIn } from '#core/detection/sigma/correlation/correlator.ts';
import type { Signer } from '#core/ledger/signed-note.ts';
import type { AuditStore } from '#core/store/audit/audit-store.ts';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import type { KeptSource } from '#core/store/audit/sources.ts';
import type { AuditRecord, LogSource } from '#shared/domain/audit/event.ts';
import type { SourceGap } from '#shared/domain/audit/source.ts';
import { AlertDesk } from '../alerts/alert-desk.ts';
import type { FollowedBatch, FollowedLine } from '../follow/follower.ts';
import { detectFormat } from '../formats/all-formats.ts';
import type { LineParser } from '../formats/format.ts';
import { faultRecord } from '../formats/guarded.ts';
import { eventOfRecord, type Origin } from './event-of-record.ts';
import { type OpenSource, parserOf, progressOf, staged } from './open-source.ts';
import type { Committed, SealedBatch, Ticket, UnderWay } from './sealed-batch.ts';
import { SeenLogsources } from './seen-logsources.ts';
import { SourceClocks } from './source-clocks.ts';
import { isOfStorage, stateOf, Unexamined, whyOf } from './unexamined.ts';

export type { OpenSource } from './open-source.ts';
export type { Committed } from './sealed-batch.ts';

export interface IntakeOptions {
  store: AuditStore;
  signer: () => Signer | null;
  /** @param state as the detector gave it before; null at the beginning */
  createDetector: (state: unknown) => Detector;
  createFirstSeen: (state: unknown) => FirstSeen;
  now: () => number;
  committed: (what: Committed) => void;
  /** Who wants to see new events at once. */
  live: { stage(event: StoredEvent): void; seal(): void; settle(): void; forget(): void };
}

const DETECTOR = 'detector';
const FIRST_SEEN = 'first-seen';
const LOGSOURCES = 'logsources';
const NOTHING = (): void => undefined;

/**
 * Makes events, leaves, alerts and positions of what was followed, each batch in one transaction, in the order in which they were
 * given. When that goes back all that was held in memory is read anew, and the batch can be given again.
 *
 * While the events of a large batch are packed by another thread the next batch is read and held against the rules. What of the
 * first is to be stored is sealed before: nothing of the second is in its transaction. Who writes anything else that a batch writes
 * too has to call {@link Intake.settle} before.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #desk: AlertDesk;
  readonly #unexamined = new Unexamined();
  #detector: Detector | null = null;
  #firstSeen: FirstSeen | null = null;
  #learnt: unknown = null;
  /** Events of the batch so far, and the time of the newest. */
  #count = 0;
  #lastAt: number | null = null;
  #skewMs: number | null = null;
  readonly #logsources: SeenLogsources;
  readonly #clocks = new SourceClocks();
  /** As it was when rules were asked last. */
  #letGo: LetGo;
  #underWay: UnderWay | null = null;
  /** The source of the batch so far, and that of what is under way: their parsers are ahead of what is on the disk. */
  #reading: OpenSource | null = null;
  #ahead: OpenSource | null = null;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#desk = new AlertDesk(options.store.alerts);
    this.#logsources = new SeenLogsources(options.store.note(LOGSOURCES));
    this.#letGo = letGoIn(options.store.note(DETECTOR));
    options.store.events.finished = () => this.settle();
  }

  /**
   * Stores a batch.
   * @param gaps besides those of the batch
   * @throws StoreError when it could not be stored; then nothing of it was
   */
  take(source: OpenSource, batch: FollowedBatch, gaps: readonly SourceGap[] = []): void {
    this.settle();
    this.#guarded(() => this.#store(this.#read(source, batch, gaps)));
  }

  /**
   * The same, but that it may return before the batch is on the disk: see the ticket. Then the batch before it surely is, or failed as
   * this one did.
   */
  begin(source: OpenSource, batch: FollowedBatch): Ticket {
    const ticket: Ticket = { state: 'under-way', error: null, done: Promise.resolve() };
    try {
      this.#guarded(() => {
        const sealed = this.#read(source, batch, []);
        if (this.#options.store.events.isBeside && sealed.events > 0) {
          const { promise, resolve } = Promise.withResolvers<void>();
          ticket.done = promise;
          this.#underWay = { sealed, ticket, resolve };
          return;
        }
        this.#store(sealed);
        ticket.state = 'stored';
      });
    } catch (error) {
      Object.assign(ticket, { state: 'failed', error });
    }
    return ticket;
  }

  /** Ends what is under way, if anything is: it is on the disk then, or failed, as its ticket says. Never throws. */
  settle(): void {
    if (this.#underWay === null) return;
    const { sealed, ticket, resolve } = this.#underWay;
    this.#underWay = null;
    try {
      this.#guarded(() => this.#store(sealed));
      ticket.state = 'stored';
    } catch (error) {
      Object.assign(ticket, { state: 'failed', error });
    }
    resolve();
  }

  /** Stores what the parser of a source waited for in vain. @throws StoreError as {@link take} */
  flush(source: OpenSource): void {
    const waits = (): [string, LineParser][] => [...source.parsers].filter(([, one]) => one.state() !== null);
    if (waits().length === 0) return;
    this.settle();
    const { kept } = source;
    const receivedAt = this.#options.now();
    this.#guarded(() => {
      this.#reading = source;
      for (const [path, parser] of waits()) {
        for (const record of parser.flush({ receivedAt, utcOffsetMinutes: source.utcOffsetMinutes })) {
          this.#stage(record, null, kept, { path, receivedAt });
        }
      }
      this.#store(this.#sealOf(source, null, kept.format, [], receivedAt));
    });
  }

  /**
   * Stores an event of the console's own, with the detection that it is.
   * @param detect makes the detection of the number that the event gets
   */
  say(
    record: AuditRecord,
    origin: { node: string; source: string },
    detect: (number: number) => Detection | null,
  ): void {
    const at = this.#options.now();
    this.settle();
    this.#guarded(() => {
      const event = this.#options.store.events.stage(
        eventOfRecord(record, null, { ...origin, receivedAt: at }),
      );
      this.#took(event);
      const detection = detect(event.number);
      if (detection !== null) this.#desk.match(detection, event, at);
      this.#store(this.#seal({ source: origin.source, characters: 0, now: at }, NOTHING, NOTHING));
    });
  }

  /** @returns what events said of their logs so far */
  logsources(): LogSource[] {
    return this.#logsources.list();
  }

  /** @returns what correlations had to let go of before its time was over; it is stored with their state */
  letGo(): LetGo {
    if (this.#detector !== null) this.#letGo = { ...this.#detector.letGo };
    return this.#letGo;
  }

  /** Silences or alerts were changed by somebody else, or rules. */
  forgetAlerts(): void {
    this.settle();
    this.#desk.forget();
  }

  /** Rules have changed: they begin with what is stored of correlations. */
  forgetDetector(): void {
    this.settle();
    this.letGo();
    this.#detector = null;
  }

  #formatOf(kept: KeptSource, lines: readonly FollowedLine[]) {
    if (kept.chosenFormat !== 'auto') return kept.chosenFormat;
    return kept.format ?? detectFormat(lines.map((line) => line.text));
  }

  /** What is under way is on the disk from here on: only one batch may have changed what this is called for. @throws what it failed of */
  #alone(): void {
    const before = this.#underWay?.ticket;
    this.settle();
    if (before?.state === 'failed') throw before.error;
  }

  /** Makes events of a batch, and seals it. */
  #read(source: OpenSource, batch: FollowedBatch, gaps: readonly SourceGap[]): SealedBatch {
    this.#reading = source;
    const kept = staged(source);
    const format = this.#formatOf(kept, batch.lines);
    const context = { receivedAt: batch.receivedAt, utcOffsetMinutes: source.utcOffsetMinutes };
    let parser: LineParser | null = null;
    for (const line of batch.lines) {
      // Not before there is a line: what an empty log will be nobody knows, and a parser is kept.
      parser ??= parserOf(source, format, batch.path ?? '');
      for (const record of parser.parse(line.text, context)) {
        this.#stage(record, line, kept, batch);
      }
    }
    this.#alone();
    const known = batch.lines.length === 0 ? kept.format : format;
    const all = [...batch.gaps.map((gap) => ({ ...gap, source: kept.id })), ...gaps];
    return this.#sealOf(source, batch, known, all, this.#options.now());
  }

  #sealOf(
    source: OpenSource,
    batch: FollowedBatch | null,
    format: KeptSource['format'],
    gaps: readonly SourceGap[],
    now: number,
  ): SealedBatch {
    const { sources } = this.#options.store;
    const progress = progressOf(source, batch, format, { events: this.#count, lastAt: this.#lastAt });
    const unexamined = this.#unexamined.gap(progress.id, now);
    let characters = 0;
    for (const { text } of batch?.lines ?? []) characters += text.length;
    source.ahead = progress;
    this.#ahead = source;
    return this.#seal(
      { source: progress.id, characters, now },
      () => {
        sources.progress(progress);
        for (const gap of gaps) sources.addGap(gap);
        if (unexamined !== null) sources.addGap(unexamined);
      },
      () => {
        source.kept = progress;
        source.ahead = undefined;
        this.#ahead = null;
      },
    );
  }

  #stage(
    record: AuditRecord,
    line: FollowedLine | null,
    { id, node, removed }: KeptSource,
    { path, receivedAt }: Pick<FollowedBatch, 'path' | 'receivedAt'>,
  ): void {
    const event = this.#stored(record, line, { node, source: id, receivedAt });
    this.#took(event);
    this.#logsources.note(event.logsource);
    const { note } = this.#options.store;
    const looked = {
      fields: event.fields,
      logsource: event.logsource,
      raw: event.raw === '' ? event.message : event.raw,
    };
    try {
      this.#detector ??= this.#options.createDetector(note(DETECTOR));
      // What is read once and not followed may stand in any order.
      const at = removed
        ? Math.min(event.at, receivedAt)
        : this.#clocks.timeOf(`${id}\n${path ?? ''}`, event.at, receivedAt);
      for (const detection of this.#detector.detect(looked, event.number, at, node)) {
        this.#match(detection, event, receivedAt);
      }
    } catch (error) {
      this.#unexamined.add(event.number, error);
    }
    try {
      this.#firstSeen ??= this.#options.createFirstSeen(note(FIRST_SEEN));
      for (const detection of this.#firstSeen.detect(looked, event.number, receivedAt, node)) {
        this.#match(detection, event, receivedAt);
      }
    } catch (error) {
      this.#unexamined.add(event.number, error);
    }
  }

  /** Alerts are changed where they are: those of the batch before must be on the disk. */
  #match(detection: Detection, event: StoredEvent, at: number): void {
    this.#alone();
    this.#desk.match(detection, event, at);
  }

  /** A record that no event can be made of is kept as text that says why: the batch would never get past it. */
  #stored(record: AuditRecord, line: FollowedLine | null, origin: Origin): StoredEvent {
    const { events } = this.#options.store;
    const before = events.size;
    try {
      return events.stage(eventOfRecord(record, line, origin));
    } catch (error) {
      if (isOfStorage(error) || events.size !== before) throw error;
      const text = line?.text ?? String(record.message);
      return events.stage(
        eventOfRecord(
          faultRecord(text, `It could not be kept as it was read. ${whyOf(error)}`),
          line,
          origin,
        ),
      );
    }
  }

  #took(event: StoredEvent): void {
    this.#count += 1;
    this.#lastAt = event.at;
    if (event.timeFrom === 'log') this.#skewMs = event.receivedAt - event.at;
    this.#options.live.stage(event);
  }

  #anew(): void {
    this.#unexamined.forget();
    this.#count = 0;
    this.#lastAt = null;
    this.#skewMs = null;
  }

  #seal(
    what: Pick<SealedBatch, 'source' | 'characters' | 'now'>,
    write: () => void,
    settled: () => void,
  ): SealedBatch {
    const state = stateOf(this.#detector);
    const sealed = {
      ...what,
      events: this.#count,
      skewMs: this.#skewMs,
      detector: state === undefined ? undefined : JSON.stringify(state ?? null),
      learnt: stateOf(this.#firstSeen) ?? this.#learnt,
      logsources: this.#logsources.takeNew(),
      write,
      settled,
    };
    this.#options.store.events.end();
    this.#options.live.seal();
    this.#reading = null;
    this.#anew();
    return sealed;
  }

  #store(sealed: SealedBatch): void {
    const { store, signer, committed } = this.#options;
    const { source, events, characters, skewMs, now, detector, learnt, logsources } = sealed;
    const alerts = store.durably(() => {
      store.events.writeEnded(signer(), now);
      sealed.write();
      if (detector !== undefined) store.writeNoteText(DETECTOR, detector);
      // The same object while nothing new was learnt.
      if (learnt !== this.#learnt) store.writeNote(FIRST_SEEN, learnt);
      if (logsources !== null) store.writeNote(LOGSOURCES, logsources);
      store.writeNote('watched-until', now);
      return this.#desk.write(now);
    });
    this.#desk.settle();
    this.#learnt = learnt;
    sealed.settled();
    this.#options.live.settle();
    committed({ source, events, alerts, characters, skewMs });
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      // What was sealed before is whole without this.
      this.settle();
      this.#anew();
      this.#clocks.forget();
      this.#options.live.forget();
      this.#options.store.events.forget();
      this.#desk.forget();
      this.#detector = null;
      this.#firstSeen = null;
      this.#learnt = null;
      this.#logsources.giveBack();
      for (const source of [this.#reading, this.#ahead]) {
        source?.parsers.clear();
        if (source !== null) source.ahead = undefined;
      }
      this.#reading = null;
      this.#ahead = null;
      throw error;
    }
  }
}
