import type { AuditStore } from '#core/store/audit/audit-store.ts';
import type { KeptSource } from '#core/store/audit/sources.ts';
import type { StoreError } from '#core/store/store-error.ts';
import type { AuditSource, SourceTarget } from '#shared/domain/audit/source.ts';
import { type OpenFollower, sourceIdOf, targetName, type WatchedNode } from '../watched-node.ts';
import type { Committed, Intake, OpenSource } from './intake.ts';
import { Rate } from './rates.ts';
import { readRhythm, silentSince } from './rhythm.ts';
import { silenceDetection, silenceRecord } from './silent-source.ts';
import { Skew } from './skew.ts';
import { SourcePump } from './source-pump.ts';

/** Milliseconds without a line after which a parser gives what it waits for. */
const FLUSH_AFTER_MS = 5_000;
/** A pause in watching shorter than this is a restart, and no gap. */
const SHORTEST_GAP_MS = 5_000;
/** Events of a batch that was not waited for: what is read together was written at other times. */
const MOST_AT_ONCE = 100;
/** Bytes that are waiting from which on a source is behind. */
const BEHIND_BYTES = 1_048_576;

interface Watched {
  open: OpenSource;
  pump: SourcePump | null;
  bytes: Rate;
  events: Rate;
  /** It was said that it is silent, and it has not spoken since. */
  silentSince: number | null;
  skew: Skew;
}

export interface WatcherOptions {
  store: AuditStore;
  intake: Intake;
  openFollower: OpenFollower;
  now: () => number;
  trouble: (error: StoreError | null) => void;
}

/** All sources: follows those of the nodes at hand, and tells how each is. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #watched = new Map<string, Watched>();
  #nodes = new Map<string, WatchedNode>();
  #since: number | null = null;
  #gapCounts: Map<string, number>;

  constructor(options: WatcherOptions) {
    this.#options = options;
    for (const kept of options.store.sources.all()) this.#remember(kept);
    this.#gapCounts = options.store.sources.gapCounts();
  }

  /** Since when it is watched; null when nobody watches. */
  get since(): number | null {
    return this.#since;
  }

  /** Follows the sources of these nodes from now on, and no others. */
  async watch(nodes: readonly WatchedNode[]): Promise<void> {
    const { store, now } = this.#options;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    const known = new Set(this.#watched.keys());
    store.durably(() => {
      for (const node of nodes) {
        for (const { target, name } of node.found) {
          const id = sourceIdOf(node.id, target);
          const found = { id, node: node.id, target, name: name.slice(0, 256), origin: 'found' } as const;
          const kept = this.#watched.get(id)?.open.kept;
          // One that a person removed stays away; what it is called follows what is known of the node.
          if (!known.has(id)) store.sources.add(found);
          else if (kept && !kept.removed && kept.origin === 'found' && kept.name !== found.name) {
            store.sources.add(found);
            kept.name = found.name;
          }
        }
      }
      if (this.#since === null) this.#noteGap(now());
    });
    this.#since ??= now();
    for (const kept of store.sources.all()) if (!this.#watched.has(kept.id)) this.#remember(kept);
    this.#gapCounts = store.sources.gapCounts();
    await this.#align();
  }

  /** @returns the source; null when it is there already */
  async add(node: string, target: SourceTarget): Promise<AuditSource | null> {
    const { store } = this.#options;
    const id = sourceIdOf(node, target);
    const former = this.#watched.get(id);
    if (former !== undefined && !former.open.kept.removed) return null;
    store.durably(() => store.sources.add({ id, node, target, name: targetName(target), origin: 'added' }));
    const kept = store.sources.all().find((source) => source.id === id);
    if (kept === undefined) return null;
    this.#remember(kept);
    await this.#align();
    return this.list().find((source) => source.id === id) ?? null;
  }

  async remove(id: string): Promise<boolean> {
    const watched = this.#watched.get(id);
    if (watched === undefined || watched.open.kept.removed) return false;
    await this.#stop(watched);
    const { store } = this.#options;
    store.durably(() => store.sources.remove(id));
    watched.open.kept = { ...watched.open.kept, removed: true };
    return true;
  }

  /** @returns null when there is none */
  async set(
    id: string,
    change: { paused?: boolean | undefined; format?: KeptSource['chosenFormat'] | undefined },
  ): Promise<AuditSource | null> {
    const watched = this.#watched.get(id);
    if (watched === undefined || watched.open.kept.removed) return null;
    const paused = change.paused ?? watched.open.kept.paused;
    const chosenFormat = change.format ?? watched.open.kept.chosenFormat;
    const { store } = this.#options;
    await this.#stop(watched);
    store.durably(() => store.sources.choose(id, paused, chosenFormat));
    const format = change.format === undefined ? watched.open.kept.format : null;
    // What a parser of another format waits for would be misread.
    const parser = change.format === undefined ? watched.open.kept.parser : null;
    watched.open = {
      ...watched.open,
      parsers: new Map(),
      kept: { ...watched.open.kept, paused, chosenFormat, format, parser },
    };
    await this.#align();
    return this.list().find((source) => source.id === id) ?? null;
  }

  list(): AuditSource[] {
    return [...this.#watched.values()]
      .filter(({ open }) => !open.kept.removed)
      .map((watched) => this.#asSource(watched));
  }

  /** A batch is on the disk. */
  committed({ source, events, characters, skewMs }: Committed): void {
    const watched = this.#watched.get(source ?? '');
    if (watched === undefined) return;
    watched.bytes.add(characters);
    watched.events.add(events);
    if (characters > 0) watched.silentSince = null;
    const status = watched.pump?.status();
    // Of a log that is read later its times say nothing.
    if (skewMs !== null && status?.state === 'live' && events < MOST_AT_ONCE) watched.skew.heard(skewMs);
  }

  /** To be called about once a second. */
  tick(): void {
    for (const watched of this.#watched.values()) {
      watched.bytes.tick(performance.now());
      watched.events.tick(performance.now());
      watched.pump?.flushAfter(FLUSH_AFTER_MS);
    }
  }

  /** Says of sources that speak regularly when they do not any more. To be called a few times a minute. */
  listen(): void {
    const { intake, now } = this.#options;
    if (this.#since === null) return;
    for (const watched of this.#watched.values()) {
      const { kept } = watched.open;
      if (watched.pump === null || watched.silentSince !== null) continue;
      const since = silentSince(readRhythm(kept.rhythm), this.#since, now());
      if (since === null) continue;
      watched.silentSince = since;
      intake.say(silenceRecord(kept, since), { node: kept.node, source: kept.id }, (number) =>
        silenceDetection(kept, number),
      );
    }
  }

  /** Follows nothing any more; what was read is on the disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watched) => this.#stop(watched)));
    this.#since = null;
  }

  #remember(kept: KeptSource): void {
    const started = performance.now();
    this.#watched.set(kept.id, {
      open: { kept, parsers: new Map(), utcOffsetMinutes: 0 },
      pump: null,
      bytes: new Rate(started),
      events: new Rate(started),
      silentSince: null,
      skew: new Skew(),
    });
  }

  async #align(): Promise<void> {
    for (const watched of this.#watched.values()) {
      const { kept } = watched.open;
      const node = this.#nodes.get(kept.node);
      const wanted = this.#since !== null && node !== undefined && !kept.paused && !kept.removed;
      if (!wanted) await this.#stop(watched);
      else if (watched.pump === null) this.#start(watched, node);
      // What was learnt of the node since holds for the next line.
      else watched.open.utcOffsetMinutes = node.utcOffsetMinutes;
    }
  }

  #start(watched: Watched, node: WatchedNode): void {
    const { intake, now, trouble, openFollower } = this.#options;
    watched.open.utcOffsetMinutes = node.utcOffsetMinutes;
    const { target } = watched.open.kept;
    const open = (position: unknown) => openFollower(node, target, position);
    watched.pump = new SourcePump({ source: watched.open, intake, now, trouble, open });
  }

  async #stop(watched: Watched): Promise<void> {
    const { pump } = watched;
    watched.pump = null;
    await pump?.close();
  }

  /** The time since somebody watched last is a gap of every source that was followed then. */
  #noteGap(now: number): void {
    const { store } = this.#options;
    const until = store.note('watched-until');
    if (typeof until !== 'number' || now - until < SHORTEST_GAP_MS) return;
    const [from, to] = [new Date(until).toISOString(), new Date(now).toISOString()];
    const detail = 'Nobody watched in this time. What the log still has of it was read afterwards.';
    for (const { open } of this.#watched.values()) {
      const { id, node, paused, removed } = open.kept;
      if (paused || removed || !this.#nodes.has(node)) continue;
      store.sources.addGap({ source: id, kind: 'not-watched', from, to, bytes: null, detail });
    }
  }

  #asSource({ open, pump, bytes, events, silentSince, skew }: Watched): AuditSource {
    const { kept } = open;
    const status = pump?.status() ?? { state: 'paused' as const, trouble: '', lagBytes: null, owner: null };
    const idle = pump === null && !kept.paused;
    const behind = status.state === 'live' && (status.lagBytes ?? 0) > BEHIND_BYTES;
    return {
      id: kept.id,
      node: kept.node,
      target: kept.target,
      name: kept.name,
      origin: kept.origin,
      chosenFormat: kept.chosenFormat,
      format: kept.format,
      state: idle ? 'waiting' : behind ? 'catching-up' : status.state,
      trouble: idle ? 'Nobody watches this node at present.' : status.trouble.slice(0, 1_024),
      lagBytes: status.lagBytes,
      bytesPerSecond: bytes.value,
      eventsPerSecond: events.value,
      events: kept.events,
      lastEventAt: kept.lastEventAt === null ? null : new Date(kept.lastEventAt).toISOString(),
      silentSince: silentSince === null ? null : new Date(silentSince).toISOString(),
      skewMs: skew.value,
      gaps: this.#gapCounts.get(kept.id) ?? 0,
    };
  }

  /** Gaps were added by batches. */
  recountGaps(): void {
    this.#gapCounts = this.#options.store.sources.gapCounts();
  }
}
