import { type ConsoleAudit, ConsoleError } from '#core/console/service.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { type AuditScenario, sourceOf } from './audit-scenario.ts';

/** The logs of the double: which are followed, and which files were taken in once. */
export class SourcesDouble {
  readonly #now: () => AuditScenario;
  readonly #id: (kind: string) => string;

  /** @param now gives what is there now */
  constructor(now: () => AuditScenario, id: (kind: string) => string) {
    this.#now = now;
    this.#id = id;
  }

  get #scenario(): AuditScenario {
    return this.#now();
  }

  group(
    answer: <T>(work: () => T) => Promise<T>,
  ): Pick<
    ConsoleAudit,
    'sources' | 'gaps' | 'addSource' | 'removeSource' | 'setSource' | 'ingest' | 'ingested' | 'stopIngest'
  > {
    return {
      sources: ({ node }) =>
        answer(() => this.#scenario.sources.filter((source) => node === undefined || source.node === node)),
      gaps: ({ source }) =>
        answer(() => this.#scenario.gaps.filter((gap) => source === undefined || gap.source === source)),
      addSource: ({ node, target }) =>
        answer(() => {
          const path =
            target.kind === 'file' ? target.path : target.kind === 'pattern' ? target.pattern : target.unit;
          if (path?.includes('nowhere')) {
            throw new ConsoleError('NOT_ALLOWED', 'This path is followed already.', {
              next: 'Look in the list.',
            });
          }
          const source = sourceOf(this.#id('source'), node, path?.split('/').at(-1) ?? 'journal', {
            target,
            origin: 'added',
            format: null,
            state: 'waiting',
            trouble: 'It is not there yet. It is read as soon as it is.',
            events: 0,
            bytesPerSecond: 0,
            eventsPerSecond: 0,
            lagBytes: null,
          });
          this.#scenario.sources.push(source);
          return source;
        }),
      removeSource: ({ source }) =>
        answer(() => {
          this.#source(source);
          this.#scenario.sources = this.#scenario.sources.filter(({ id }) => id !== source);
          return { removed: true };
        }),
      setSource: ({ source, paused, format }) =>
        answer(() => {
          const found = this.#source(source);
          if (paused !== undefined) Object.assign(found, { state: paused ? 'paused' : 'live', trouble: '' });
          if (format !== undefined) found.chosenFormat = format;
          return found;
        }),
      ingest: () => answer(() => ({ bytes: 0, lines: 0, events: 0, known: 0, format: null })),
      ingested: ({ node }) =>
        answer(() =>
          (this.#scenario.ingested ?? []).filter((file) => node === undefined || file.node === node),
        ),
      stopIngest: ({ node, path }) =>
        answer(() => {
          const file = this.#scenario.ingested?.find((entry) => entry.node === node && entry.path === path);
          if (file === undefined || file.reading === null) return { stopped: false };
          file.reading = null;
          return { stopped: true };
        }),
    };
  }

  #source(id: string): AuditSource {
    const source = this.#scenario.sources.find((entry) => entry.id === id);
    if (!source) throw new ConsoleError('NOT_ALLOWED', 'There is no such source.');
    return source;
  }
}
