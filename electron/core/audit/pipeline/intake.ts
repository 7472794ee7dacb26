import { z } from 'zod';
import type { Detection, Detector } from '#core/detection/detector.ts';
import type { FirstSeen } from '#core/detection/pack/first-seen.ts';
import type { Signer } from '#core/ledger/signed-note.ts';
import type { AuditStore } from '#core/store/audit/audit-store.ts';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import type { KeptSource } from '#core/store/audit/sources.ts';
import type { AuditRecord, LogSource } from '#shared/domain/audit/event.ts';
import type { FormatId, SourceGap } from '#shared/domain/audit/source.ts';
import { AlertDesk, type ChangedAlert } from '../alerts/alert-desk.ts';
import type { FollowedBatch, FollowedLine } from '../follow/follower.ts';
import { detectFormat, formatOf } from '../formats/all-formats.ts';
import type { LineParser } from '../formats/format.ts';
import { faultRecord } from '../formats/guarded.ts';
import { eventOfRecord, type Origin } from './event-of-record.ts';
import { heard, readRhythm } from './rhythm.ts';
import { isOfStorage, Unexamined, whyOf } from './unexamined.ts';

/** A source while it is read. */
export interface OpenSource {
  kept: KeptSource;
  /** One for each file of the source, made when it is needed from what is stored; `` for what comes from no file. */
  parsers: Map<string, LineParser>;
  /** Minutes east of UTC in which its node writes times without a zone. */
  utcOffsetMinutes: number;
}

/** What became of a batch, once it is on the disk. */
export interface Committed {
  source: string | null;
  events: number;
  alerts: readonly ChangedAlert[];
  /** Characters of the lines. */
  characters: number;
  /** Time of receipt less the time that the newest line says; null when none says one. */
  skewMs: number | null;
}

export interface IntakeOptions {
  store: AuditStore;
  signer: () => Signer | null;
  /** @param state as the detector gave it before; null at the beginning */
  createDetector: (state: unknown) => Detector;
  createFirstSeen: (state: unknown) => FirstSeen;
  now: () => number;
  committed: (what: Committed) => void;
  /** Who wants to see new events at once. */
  live: { stage(event: StoredEvent): void; settle(): void; forget(): void };
}

const DETECTOR = 'detector';
const FIRST_SEEN = 'first-seen';
const LOGSOURCES = 'logsources';
const MOST_LOGSOURCES = 512;

/** Files of one source whose parsers are kept at hand. */
const MOST_PARSERS = 64;

const parserStates = z.record(z.string(), z.unknown());

/**
 * Makes events, leaves, alerts and positions of what was followed, each batch in one transaction. When that goes back all
 * that was held in memory is read anew, and the batch can be given again.
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
  /** What events said of their logs so far, as JSON; few, for logs do not change what they are. */
  readonly #logsources: Set<string>;
  #newLogsource = false;
  #lastLogsource: LogSource | null = null;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#desk = new AlertDesk(options.store.alerts);
    const stored = z.array(z.string()).safeParse(options.store.note(LOGSOURCES));
    this.#logsources = new Set(stored.success ? stored.data : []);
  }

  /**
   * Stores a batch.
   * @param gaps besides those of the batch
   * @throws StoreError when it could not be stored; then nothing of it was
   */
  take(source: OpenSource, batch: FollowedBatch, gaps: readonly SourceGap[] = []): void {
    const { kept } = source;
    const { store, now } = this.#options;
    let characters = 0;
    const work = (): KeptSource => {
      const format = this.#formatOf(kept, batch.lines);
      const context = { receivedAt: batch.receivedAt, utcOffsetMinutes: source.utcOffsetMinutes };
      let parser: LineParser | null = null;
      for (const line of batch.lines) {
        // Not before there is a line: what an empty log will be nobody knows, and a parser is kept.
        parser ??= parserOf(source, format, batch.path ?? '');
        characters += line.text.length;
        for (const record of parser.parse(line.text, context)) {
          this.#stage(record, line, kept, batch.receivedAt);
        }
      }
      return this.#progress(source, batch.lines.length === 0 ? kept.format : format, batch.position, batch);
    };
    this.#commit(
      source,
      work,
      () => {
        for (const gap of batch.gaps) store.sources.addGap({ ...gap, source: kept.id });
        for (const gap of gaps) store.sources.addGap(gap);
      },
      () => characters,
      now(),
    );
  }

  /** Stores what the parser of a source waited for in vain. @throws StoreError as {@link take} */
  flush(source: OpenSource): void {
    const { kept } = source;
    const waiting = [...source.parsers.values()].filter((parser) => parser.state() !== null);
    if (waiting.length === 0) return;
    const receivedAt = this.#options.now();
    const work = (): KeptSource => {
      for (const parser of waiting) {
        for (const record of parser.flush({ receivedAt, utcOffsetMinutes: source.utcOffsetMinutes })) {
          this.#stage(record, null, kept, receivedAt);
        }
      }
      return this.#progress(source, kept.format, kept.position, null);
    };
    this.#commit(
      source,
      work,
      () => undefined,
      () => 0,
      receivedAt,
    );
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
    const staged = this.#options.store.events;
    this.#guarded(() => {
      const event = staged.stage(eventOfRecord(record, null, { ...origin, receivedAt: at }));
      this.#took(event);
      const detection = detect(event.number);
      if (detection !== null) this.#desk.match(detection, event, at);
      this.#write(() => undefined, at, origin.source, 0);
    });
  }

  /** @returns what events said of their logs so far */
  logsources(): LogSource[] {
    return [...this.#logsources].map((text) => JSON.parse(text) as LogSource);
  }

  /** Silences or alerts were changed by somebody else, or rules. */
  forgetAlerts(): void {
    this.#desk.forget();
  }

  /** Rules have changed: they begin with what is stored of correlations. */
  forgetDetector(): void {
    this.#detector = null;
  }

  #formatOf(kept: KeptSource, lines: readonly FollowedLine[]) {
    if (kept.chosenFormat !== 'auto') return kept.chosenFormat;
    return kept.format ?? detectFormat(lines.map((line) => line.text));
  }

  #progress(
    source: OpenSource,
    format: KeptSource['format'],
    position: unknown,
    batch: FollowedBatch | null,
  ): KeptSource {
    const { kept } = source;
    const spoke = batch !== null && batch.lines.length > 0;
    return {
      ...kept,
      format,
      position,
      parser: statesOf(source),
      events: kept.events + this.#count,
      lastEventAt: this.#lastAt ?? kept.lastEventAt,
      lastLineAt: spoke ? batch.receivedAt : kept.lastLineAt,
      rhythm: spoke ? heard(readRhythm(kept.rhythm), batch.receivedAt) : kept.rhythm,
    };
  }

  #stage(record: AuditRecord, line: FollowedLine | null, { id, node }: KeptSource, receivedAt: number): void {
    const event = this.#stored(record, line, { node, source: id, receivedAt });
    this.#took(event);
    this.#noteLogsource(event.logsource);
    const { note } = this.#options.store;
    const looked = {
      fields: event.fields,
      logsource: event.logsource,
      raw: event.raw === '' ? event.message : event.raw,
    };
    try {
      this.#detector ??= this.#options.createDetector(note(DETECTOR));
      for (const detection of this.#detector.detect(looked, event.number, event.at, node)) {
        this.#desk.match(detection, event, receivedAt);
      }
    } catch (error) {
      this.#unexamined.add(event.number, error);
    }
    try {
      this.#firstSeen ??= this.#options.createFirstSeen(note(FIRST_SEEN));
      for (const detection of this.#firstSeen.detect(looked, event.number, receivedAt, node)) {
        this.#desk.match(detection, event, receivedAt);
      }
    } catch (error) {
      this.#unexamined.add(event.number, error);
    }
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

  #begin(): void {
    this.#unexamined.forget();
    this.#count = 0;
    this.#lastAt = null;
    this.#skewMs = null;
  }

  #noteLogsource(source: LogSource): void {
    if (this.#lastLogsource === source) return;
    this.#lastLogsource = source;
    const { product, category, service } = source;
    const text = JSON.stringify({ product, category, service });
    if (this.#logsources.has(text) || this.#logsources.size >= MOST_LOGSOURCES) return;
    this.#logsources.add(text);
    this.#newLogsource = true;
  }

  #commit(
    source: OpenSource,
    work: () => KeptSource,
    more: () => void,
    characters: () => number,
    now: number,
  ): void {
    this.#guarded(
      () => {
        const progress = work();
        this.#write(
          () => {
            this.#options.store.sources.progress(progress);
            more();
            const unexamined = this.#unexamined.gap(source.kept.id, now);
            if (unexamined !== null) this.#options.store.sources.addGap(unexamined);
          },
          now,
          source.kept.id,
          characters(),
        );
        source.kept = progress;
      },
      () => {
        source.parsers.clear();
      },
    );
  }

  #write(more: () => void, now: number, source: string, characters: number): void {
    const { store, signer, committed } = this.#options;
    const [events, skewMs] = [this.#count, this.#skewMs];
    const state = stateOf(this.#detector);
    const learnt = stateOf(this.#firstSeen) ?? this.#learnt;
    const alerts = store.durably(() => {
      store.events.write(signer(), now);
      more();
      if (state !== undefined) store.writeNote(DETECTOR, state);
      // The same object while nothing new was learnt.
      if (learnt !== this.#learnt) store.writeNote(FIRST_SEEN, learnt);
      if (this.#newLogsource) store.writeNote(LOGSOURCES, [...this.#logsources]);
      store.writeNote('watched-until', now);
      return this.#desk.write(now);
    });
    this.#desk.settle();
    this.#newLogsource = false;
    this.#learnt = learnt;
    this.#begin();
    this.#options.live.settle();
    committed({ source, events, alerts, characters, skewMs });
  }

  #guarded(work: () => void, back: () => void = () => undefined): void {
    try {
      work();
    } catch (error) {
      this.#begin();
      this.#options.live.forget();
      this.#options.store.events.forget();
      this.#desk.forget();
      this.#detector = null;
      this.#firstSeen = null;
      this.#learnt = null;
      back();
      throw error;
    }
  }
}

/** The parser of a file of a source; it goes on with what is stored. */
function parserOf({ parsers, kept }: OpenSource, format: FormatId, path: string): LineParser {
  const known = parsers.get(path);
  if (known !== undefined) return known;
  const states = parserStates.safeParse(kept.parser);
  const parser = formatOf(format).createParser(states.success ? states.data[path] : undefined);
  parsers.set(path, parser);
  while (parsers.size > MOST_PARSERS) {
    const idle = [...parsers].find(([other, entry]) => other !== path && entry.state() === null);
    parsers.delete(idle?.[0] ?? parsers.keys().next().value ?? '');
  }
  return parser;
}

/** What parsers wait for, by file; null when none waits. */
function statesOf({ parsers, kept }: OpenSource): unknown {
  const states = parserStates.safeParse(kept.parser);
  const all = new Map(Object.entries(states.success ? states.data : {}));
  for (const [path, parser] of parsers) {
    const state = parser.state();
    if (state === null) all.delete(path);
    else all.set(path, state);
  }
  return all.size === 0 ? null : Object.fromEntries([...all].slice(-MOST_PARSERS));
}

/** @returns what is to be stored of it; undefined when it cannot say: what is stored stays */
function stateOf(rules: { state(): unknown } | null): unknown {
  try {
    return rules?.state();
  } catch (error) {
    if (isOfStorage(error)) throw error;
    return undefined;
  }
}
