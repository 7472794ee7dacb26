import type { BackgroundUnit } from '#core/audit/background/background-unit.ts';
import type { Query } from '#shared/domain/audit/query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { backgroundGroup, ownBackgroundUnit } from './audit-background.ts';
import { liveTopic } from './audit-live.ts';
import { ownRulesGroup } from './audit-own-rules.ts';
import { type AuditThreads, guarded } from './audit-threads.ts';
import type { AuditWatch } from './audit-watch.ts';
import { announce, type Context, newId, requireNode } from './context.ts';
import { type ConsoleAudit, ConsoleError } from './service.ts';
import { whereOf } from './tell-ledger.ts';

const UNTOUCHED = { untouched: 'Nothing was changed.' };
/** Events of one export. */
const MOST_EXPORTED = 100_000;
const MOST_CHARACTERS = 250_000_000;
/** The longest silence: a year. */
const LONGEST_SILENCE_MS = 366 * 86_400_000;

interface Asked {
  query: string;
  node?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What logs say: events, sources, alerts. */
export function auditGroup(
  context: Context,
  watch: AuditWatch,
  unit: BackgroundUnit = ownBackgroundUnit(context.dataFolder),
): ConsoleAudit {
  const { clock, ledger } = context;
  const ask = <T>(work: (threads: AuditThreads) => Promise<T>): Promise<T> =>
    guarded(async () => work(await watch.threads()));

  async function sourceNamed(id: string) {
    const sources = await ask(({ writer }) => writer.sources());
    const source = sources.find((entry) => entry.id === id);
    if (source !== undefined) return source;
    throw new ConsoleError('NOT_ALLOWED', 'There is no such source.', {
      ...UNTOUCHED,
      next: 'Look at the list again.',
    });
  }

  async function whereIs(id: string) {
    return whereOf((await context.store.listNodes()).find((node) => node.id === id) ?? null);
  }

  return {
    ...backgroundGroup(context, unit),
    ...ownRulesGroup(context, ask),
    async state() {
      if (watch.trouble() === null && watch.hasEvents()) await watch.threads().catch(() => undefined);
      return watch.stateNow();
    },
    live(choice) {
      asQuery(choice.query);
      return liveTopic(watch, choice);
    },
    events: async ({ before, after, limit, ...asked }) => {
      const selection = selectionOf(asked);
      return ask(({ reader }) => reader.events({ ...selection, before, after, limit }));
    },
    async context(input) {
      return found(await ask(({ reader }) => reader.context(input)));
    },
    nextError: async ({ number, direction, ...asked }) => {
      const selection = selectionOf(asked);
      return ask(({ reader }) => reader.nextError({ ...selection, number, direction }));
    },
    async histogram({ bars, thorough, ...asked }) {
      const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
      if (!(from < to)) throw new ConsoleError('NOT_ALLOWED', 'The time ends before it begins.', UNTOUCHED);
      const selection = { ...selectionOf(asked), from, to, bars, thorough };
      const counts = await ask(({ reader }) => reader.histogram(selection));
      return counts.map(({ at, ...bar }) => ({ at: new Date(at).toISOString(), ...bar }));
    },
    facets: async ({ fields, ...asked }) => {
      const selection = selectionOf(asked);
      return ask(({ reader }) => reader.facets({ ...selection, fields }));
    },
    complete: (input) => ask(({ reader }) => reader.complete(input)),

    async exportEvents(asked) {
      const selection = selectionOf(asked);
      const pieces: string[] = [];
      let [events, size] = [0, 0];
      let after: number | null = 0;
      while (after !== null && events < MOST_EXPORTED && size < MOST_CHARACTERS) {
        const from: number = after;
        const piece = await ask(({ reader }) => reader.exportPiece({ ...selection, after: from }));
        pieces.push(piece.text);
        events += piece.events;
        size += piece.text.length;
        after = piece.next;
      }
      const fileName = `swarmkeep-events-${clock.now().toISOString().slice(0, 10)}.jsonl`;
      const what = { query: asked.query, events, fileName };
      await ledger.append([{ kind: 'events-exported', where: null, what }]);
      return { fileName, text: pieces.join(''), events, all: after === null };
    },

    sources: async ({ node }) => {
      const sources = await ask(({ writer }) => writer.sources());
      return sources.filter((source) => node === undefined || source.node === node);
    },
    gaps: ({ source }) => ask(({ reader }) => reader.gaps({ source: source ?? null })),
    async addSource({ node, target }) {
      const there = await requireNode(context, node);
      const path = target.kind === 'file' ? target.path : target.kind === 'pattern' ? target.pattern : '/';
      if (!path.startsWith('/')) {
        throw new ConsoleError('NOT_ALLOWED', 'The path does not begin at the root of the node.', {
          ...UNTOUCHED,
          next: 'Give the whole path, such as /var/log/auth.log.',
        });
      }
      const added = await ask(({ writer }) => writer.addSource({ node, target }));
      if (added === null) {
        throw new ConsoleError('NOT_ALLOWED', 'This source is there already.', {
          ...UNTOUCHED,
          next: 'Look at the list of sources.',
        });
      }
      await tellSource(added.name, 'added', whereOf(there));
      return added;
    },
    async removeSource({ source }) {
      const { name, node } = await sourceNamed(source);
      await tellSource(name, 'removed', await whereIs(node));
      return { removed: await ask(({ writer }) => writer.removeSource({ source })) };
    },
    async setSource({ source, paused, format }) {
      const { name, node } = await sourceNamed(source);
      const where = await whereIs(node);
      if (paused !== undefined) await tellSource(name, paused ? 'paused' : 'resumed', where);
      if (format !== undefined) await tellSource(name, 'format', where);
      return found(await ask(({ writer }) => writer.setSource({ source, paused, format })));
    },

    alerts: ({ states, node }) =>
      ask(({ reader }) => reader.alerts({ states: states ?? null, node: node ?? null })),
    async alert({ alert }) {
      const id = alertId(alert);
      return found(await ask(({ reader }) => reader.alert({ alert: id })));
    },
    async setAlert({ alert, state, note }) {
      const id = alertId(alert);
      const answered = found(await ask(({ writer }) => writer.setAlert({ alert: id, state, note })));
      const what = { alert, title: shortened(visible(answered.rule.title), 256), state: state ?? null, note };
      await ledger.append([{ kind: 'alert-answered', where: await whereIs(answered.node), what }], 'go-on');
      return answered;
    },
    silences: () => ask(({ reader }) => reader.silences()),
    async previewSilence({ query, rule }) {
      const asked = asQuery(query);
      const preview = await ask(({ reader }) => reader.previewSilence({ query: asked, rule }));
      return { ...withoutTitles(preview), sentence: previewSentence(preview) };
    },
    async silence({ query, rule, reason, until }) {
      const asked = asQuery(query);
      if (namesTime(asked)) {
        throw new ConsoleError('NOT_ALLOWED', 'A silence cannot name a time of events.', {
          ...UNTOUCHED,
          next: 'Leave “at” out: until when it hides is chosen beside it.',
        });
      }
      const [now, end] = [clock.now().getTime(), Date.parse(until)];
      if (end <= now || end > now + LONGEST_SILENCE_MS) {
        throw new ConsoleError('NOT_ALLOWED', 'A silence ends in the future, and within a year.', {
          ...UNTOUCHED,
          next: 'Choose another end.',
        });
      }
      const { hides } = await ask(({ reader }) => reader.previewSilence({ query: asked, rule }));
      const id = newId();
      // What hides matches must be on record before it does.
      await ledger.append([
        { kind: 'matches-silenced', where: null, what: { silence: id, query, rule, reason, until } },
      ]);
      const made = await ask(({ writer }) => writer.silence({ id, query, rule, reason, until: end, hides }));
      announce(context, 'audit');
      return made;
    },
    async endSilence({ silence }) {
      const ended = found(await ask(({ writer }) => writer.endSilence({ silence })));
      await ledger.append([{ kind: 'silence-ended', where: null, what: { silence } }], 'go-on');
      announce(context, 'audit');
      return ended;
    },

    async rules() {
      const [rules, noise] = await ask(({ writer, reader }) => Promise.all([writer.rules(), reader.noise()]));
      const byRule = new Map(noise.map((entry) => [entry.rule, entry]));
      return rules.map(({ rule, canFire, whyNot }) => {
        const { alerts = 0, matches = 0 } = byRule.get(rule.id) ?? {};
        return { rule, canFire, whyNot, alerts30Days: alerts, matches30Days: matches };
      });
    },

    async firstSeen() {
      const known = new Set((await context.store.listNodes()).map(({ id }) => id));
      const learnt = await ask(({ writer }) => writer.firstSeen());
      return learnt
        .filter(({ node }) => known.has(node))
        .map(({ since, learnsUntil, ...rest }) => ({
          ...rest,
          since: new Date(since).toISOString(),
          learnsUntil: new Date(learnsUntil).toISOString(),
        }));
    },

    searches: () => ask(({ reader }) => reader.searches()),
    saveSearch: async (input) => {
      asQuery(input.query);
      return ask(({ writer }) => writer.saveSearch(input));
    },
    removeSearch: async (input) => ({ removed: await ask(({ writer }) => writer.removeSearch(input)) }),
    async ingest(input) {
      await requireNode(context, input.node);
      return ask(({ writer }) => writer.ingest(input));
    },
    ingested: async ({ node }) => {
      const files = await ask(({ writer }) => writer.ingested());
      return files.filter((file) => node === undefined || file.node === node);
    },
    stopIngest: async (input) => ({ stopped: await ask(({ writer }) => writer.stopIngest(input)) }),
  };

  async function tellSource(
    name: string,
    change: 'added' | 'removed' | 'paused' | 'resumed' | 'format',
    where: ReturnType<typeof whereOf>,
  ): Promise<void> {
    // Watching less is on record before it is so; watching more never waits for the ledger.
    const less = change === 'removed' || change === 'paused';
    await ledger.append(
      [{ kind: 'source-changed', where, what: { source: name, change } }],
      less ? 'refuse' : 'go-on',
    );
  }
}

/** @throws ConsoleError NOT_ALLOWED with the place and the reason */
function asQuery(text: string): Query {
  const read = readQuery(text);
  if (read.ok) return read.query;
  throw new ConsoleError(
    'NOT_ALLOWED',
    `The query cannot be read, at character ${read.at + 1}: ${read.message}`,
    UNTOUCHED,
  );
}

/** A log claims its times itself, and what is relative to now would mean more with every hour. */
function namesTime(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.of.some(namesTime);
    case 'not':
      return namesTime(query.of);
    case 'since':
      return true;
    case 'range':
      return query.field.toLowerCase() === 'at';
    default:
      return false;
  }
}

function selectionOf({ query, node, from, to }: Asked) {
  return {
    query: asQuery(query),
    node,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

function found<T>(value: T | null): T {
  if (value !== null) return value;
  throw new ConsoleError('EVENT_UNKNOWN', 'It is not there any more.', {
    ...UNTOUCHED,
    next: 'Look at the list again.',
  });
}

function alertId(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return id;
}

function withoutTitles<T extends { titles: unknown; hides: unknown }>({ titles: _, hides: __, ...rest }: T) {
  return rest;
}

/** What stands behind "Over the last 30 days it": `would have hidden 12 matches of one alert, all like this: …` */
function previewSentence({
  wouldHide,
  ofAlerts,
  titles,
}: {
  wouldHide: number;
  ofAlerts: number;
  titles: readonly string[];
}): string {
  if (wouldHide === 0) return 'would have hidden nothing';
  const [first] = titles;
  const like = titles.length === 1 ? `all like this: ${first ?? ''}` : `of ${counted(titles.length, 'rule')}`;
  return `would have hidden ${counted(wouldHide, 'match', 'matches')} of ${counted(ofAlerts, 'alert')}, ${like}`.slice(
    0,
    512,
  );
}
