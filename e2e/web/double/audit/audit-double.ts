import { type ConsoleAudit, ConsoleError, type LiveChoice } from '#core/console/service.ts';
import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import type { Alert, Silence } from '#shared/domain/audit/alert.ts';
import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { OWN_FIELDS, valuesOf, valueText } from '#shared/domain/audit/event-values.ts';
import type { Scenario } from '../scenario.ts';
import { type AuditScenario, noAudit } from './audit-scenario.ts';
import { BACKGROUND_OFF } from './background-off.ts';
import { quietEvent } from './evening-events.ts';
import { EventBook, queried, type Selection } from './event-book.ts';
import { OwnRulesDouble } from './own-rules-double.ts';
import { SourcesDouble } from './sources-double.ts';

/** Events that one delta carries at most, as the contract has it. */
const MOST = 500;
const DAY_MS = 86_400_000;

export interface AuditDoubleOptions {
  answer: <T>(work: () => T) => Promise<T>;
  id: (kind: string) => string;
  now: () => number;
  changed: () => void;
}

/** The audit of the double: events in memory, and a stream that tests can feed. */
export class AuditDouble {
  readonly scenario: AuditScenario;
  readonly book: EventBook;
  readonly #options: AuditDoubleOptions;
  readonly #readers = new Set<{ choice: LiveChoice; tell: (delta: LiveDelta) => void }>();
  readonly #timers = new Set<ReturnType<typeof setInterval>>();
  readonly #sources = new SourcesDouble(
    () => this.scenario,
    (kind) => this.#options.id(kind),
  );
  #perSecond = 7;

  constructor(scenario: Scenario, options: AuditDoubleOptions) {
    this.scenario = scenario.audit ?? noAudit();
    this.#options = options;
    this.book = new EventBook(this.scenario.events, this.scenario.older, options.now);
  }

  /** Write quiet events as if a log had; at most `shown` of each batch are sent, the rest is said. */
  write(many: number, shown = MOST, make = quietEvent): void {
    const now = this.#options.now();
    const events: AuditEvent[] = [];
    for (let turn = 0; turn < many; turn += 1) {
      const event = make(this.book.size + 1, now);
      this.book.push(event);
      events.push(event);
    }
    for (const { choice, tell } of this.#readers) {
      const fits = this.book.test({ query: choice.query, ...(choice.node ? { node: choice.node } : {}) });
      const wanted = events.filter(fits);
      const sent = wanted.slice(-shown);
      const left = wanted.length - sent.length;
      if (left > 0) tell({ kind: 'not-shown', count: left, upTo: this.book.size });
      for (let from = 0; from < sent.length; from += MOST) {
        tell({ kind: 'events', events: sent.slice(from, from + MOST) });
      }
    }
  }

  /** Write so many events a second until the returned function is called. @param shown of them sent a second */
  flood(perSecond: number, shown = perSecond): () => void {
    const every = 40;
    this.#perSecond = perSecond;
    this.#tell({ kind: 'state', state: this.#state() });
    const timer = setInterval(
      () => this.write(Math.round((perSecond * every) / 1_000), Math.round((shown * every) / 1_000)),
      every,
    );
    this.#timers.add(timer);
    return () => {
      clearInterval(timer);
      this.#timers.delete(timer);
    };
  }

  /** An alert came or grew. */
  raise(alert: Alert): void {
    this.scenario.alerts = [alert, ...this.scenario.alerts.filter(({ id }) => id !== alert.id)];
    this.#tell({ kind: 'alert', alert });
    this.#tell({ kind: 'state', state: this.#state() });
    this.#options.changed();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #background: BackgroundWatch = BACKGROUND_OFF;

  readonly group: ConsoleAudit = {
    ...new OwnRulesDouble().group((work) => this.#answer(work)),
    ...this.#sources.group((work) => this.#answer(work)),
    state: () => this.#answer(() => this.#state()),
    live: (choice) => ({
      snapshot: () => ({
        state: this.#state(),
        // One that takes long finds nothing in the short time that a snapshot may take.
        events: choice.query.includes('slow')
          ? []
          : this.book
              .walk(
                { query: choice.query, ...(choice.node ? { node: choice.node } : {}) },
                this.book.size,
                -1,
                200,
              )
              .events.reverse(),
      }),
      onDelta: (tell) => {
        this.book.test({ query: choice.query });
        const reader = { choice, tell };
        this.#readers.add(reader);
        return () => this.#readers.delete(reader);
      },
    }),
    events: ({ before, after, limit, ...selection }) =>
      this.#answer(() => {
        if (after !== undefined) return this.book.walk(selection, after + 1, 1, limit);
        const start = before === undefined ? this.book.size : before - 1;
        const page = this.book.walk(selection, start, -1, limit);
        // A query that takes long: one answer looks at four hundred events only.
        const end = start - 400;
        if (!selection.query.includes('slow') || end < this.book.first) return page;
        return { events: page.events.filter(({ number }) => number > end), next: end + 1 };
      }),
    context: ({ number, lines }) =>
      this.#answer(() => {
        const event = this.book.get(number);
        const own = { query: `source:"${event.source}"` };
        return {
          event,
          before: this.book.walk(own, number - 1, -1, lines).events.reverse(),
          after: this.book.walk(own, number + 1, 1, lines).events,
        };
      }),
    nextError: ({ number, direction, ...selection }) =>
      this.#answer(() => {
        const step = direction === 'newer' ? 1 : -1;
        const query = selection.query === '' ? 'severity:error' : `(${selection.query}) severity:error`;
        return this.book.walk({ ...selection, query }, number + step, step, 1).events[0] ?? null;
      }),
    histogram: ({ from, to, bars, thorough, ...selection }) =>
      this.#answer(() => {
        const made = this.#bars(selection, from, to, bars);
        // A query that takes long: the older half is not counted until somebody asks for all of it.
        if (!selection.query.includes('slow') || thorough) return made;
        return made.map((bar, index) =>
          index < bars / 2 ? { ...bar, matched: 0, partly: true as const } : bar,
        );
      }),
    facets: ({ fields, ...selection }) =>
      this.#answer(() => {
        const events = this.book.recent(selection);
        return {
          counted: events.length,
          facets: fields.map((field) => ({ field, values: this.#frequent(events, field).slice(0, 20) })),
        };
      }),
    complete: ({ field, begins }) =>
      this.#answer(() => {
        const events = this.book.recent({ query: '' });
        const names =
          field === null
            ? [...new Set([...events.flatMap(({ fields }) => Object.keys(fields)), ...OWN_FIELDS])]
            : this.#frequent(events, field).map(({ value }) => value);
        return names.filter((name) => name.toLowerCase().startsWith(begins.toLowerCase())).slice(0, 50);
      }),
    exportEvents: (selection) =>
      this.#answer(() => {
        const events = this.book.recent(selection);
        return {
          fileName: 'swarmkeep-events-2026-11-21.jsonl',
          text: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
          events: events.length,
          all: true,
        };
      }),
    alerts: ({ states, node }) =>
      this.#answer(() =>
        this.scenario.alerts.filter(
          (alert) =>
            (states === undefined || states.includes(alert.state)) &&
            (node === undefined || alert.node === node),
        ),
      ),
    alert: ({ alert: id }) =>
      this.#answer(() => {
        const alert = this.#alert(id);
        const events = this.book.recent({ query: '', node: alert.node });
        const matched = events.filter((event) => this.scenario.matches(alert, event)).slice(-100);
        const first = events.findIndex(({ number }) => number >= alert.firstEvent);
        const last = events.findIndex(({ number }) => number >= alert.lastEvent);
        const around = [
          ...events.slice(Math.max(0, first - 20), first + 20),
          ...events.slice(last - 15, last + 20),
        ];
        return {
          alert,
          matched: [...matched.slice(0, 6), ...matched.slice(-4)],
          around: around.slice(0, 200),
        };
      }),
    setAlert: ({ alert: id, state, note }) =>
      this.#answer(() => {
        const alert = this.#alert(id);
        if (state !== undefined) Object.assign(alert, { state, silence: null });
        if (note !== '') alert.notes.push({ at: this.#iso(), text: note });
        this.#options.changed();
        return alert;
      }),
    silences: () => this.#answer(() => this.scenario.silences),
    previewSilence: ({ query, rule }) =>
      this.#answer(() => {
        const alerts = this.scenario.alerts.filter((alert) => rule === null || alert.rule.id === rule);
        const fits = this.book.recent({ query });
        const hidden = fits.filter((event) => alerts.some((alert) => this.scenario.matches(alert, event)));
        return {
          wouldHide: hidden.length,
          ofAlerts: alerts.length,
          examples: hidden.slice(-12),
          sentence: `would have hidden ${hidden.length}, all like this`,
        };
      }),
    silence: ({ query, rule, reason, until }) =>
      this.#answer(() => {
        const silence: Silence = {
          id: this.#options.id('silence'),
          query,
          rule,
          reason,
          createdAt: this.#iso(),
          until,
          endedAt: null,
          hidden: 0,
        };
        this.scenario.silences.push(silence);
        for (const alert of this.scenario.alerts) {
          if (rule === null || alert.rule.id === rule)
            Object.assign(alert, { state: 'silenced', silence: silence.id });
        }
        this.#options.changed();
        return silence;
      }),
    endSilence: ({ silence: id }) =>
      this.#answer(() => {
        const silence = this.scenario.silences.find((entry) => entry.id === id);
        if (!silence) throw new ConsoleError('DECISION_UNKNOWN', 'There is no such silence.');
        silence.endedAt = this.#iso();
        for (const alert of this.scenario.alerts) {
          if (alert.silence === id) Object.assign(alert, { state: 'acknowledged', silence: null });
        }
        this.#options.changed();
        return silence;
      }),
    rules: () => this.#answer(() => this.scenario.rules),
    searches: () => this.#answer(() => this.scenario.searches),
    saveSearch: ({ name, query }) =>
      this.#answer(() => {
        const search = { id: this.#options.id('search'), name, query };
        this.scenario.searches.push(search);
        return search;
      }),
    firstSeen: () => this.#answer(() => this.scenario.firstSeen ?? []),
    background: () => this.#answer(() => this.#background),
    setBackground: ({ on }) =>
      this.#answer(() => {
        this.#background = { ...this.#background, enabled: on, running: on };
        this.#options.changed();
        return this.#background;
      }),
    removeSearch: ({ search }) =>
      this.#answer(() => {
        this.scenario.searches = this.scenario.searches.filter(({ id }) => id !== search);
        return { removed: true };
      }),
  };

  #answer<T>(work: () => T): Promise<T> {
    return this.#options.answer(work);
  }

  #iso(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #tell(delta: LiveDelta): void {
    for (const { tell } of this.#readers) tell(delta);
  }

  #state(): AuditState {
    const { alerts, rules, state } = this.scenario;
    const last = this.book.size > 0 ? this.book.get(this.book.size).at : null;
    return {
      watching: true,
      since: new Date(this.#options.now() - DAY_MS).toISOString(),
      trouble: '',
      events: this.book.size,
      eventsPerSecond: this.#perSecond,
      verified: last === null ? null : { upTo: this.book.size, at: last },
      newAlerts: alerts.filter((alert) => alert.state === 'new').length,
      rules: rules.length,
      idleRules: rules.filter(({ canFire }) => !canFire).length,
      ...state,
    };
  }

  #bars(selection: Selection, from: string, to: string, bars: number) {
    const begin = Date.parse(from);
    const wide = (Date.parse(to) - begin) / bars;
    const made = Array.from({ length: bars }, (_, index) => ({
      at: new Date(Math.round(begin + index * wide)).toISOString(),
      total: 0,
      matched: 0,
      alerts: 0,
    }));
    const fits = this.book.test(selection);
    for (const event of this.book.recent({ query: '', node: selection.node, from, to })) {
      const bar = made[Math.floor((Date.parse(event.at) - begin) / wide)];
      if (!bar) continue;
      bar.total += 1;
      if (fits(event)) bar.matched += 1;
      if (this.scenario.alerts.some((alert) => this.scenario.matches(alert, event))) bar.alerts += 1;
    }
    return made;
  }

  #frequent(events: readonly AuditEvent[], field: string): { value: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const event of events) {
      for (const value of valuesOf(queried(event), field.toLowerCase())) {
        const text = valueText(value).slice(0, 1_024);
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
    return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  }

  #alert(id: string): Alert {
    const alert = this.scenario.alerts.find((entry) => entry.id === id);
    if (!alert) throw new ConsoleError('EVENT_UNKNOWN', 'There is no such alert.');
    return alert;
  }
}
