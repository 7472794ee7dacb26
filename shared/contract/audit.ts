import { z } from 'zod';
import { alert, alertState, ruleInfo, silence } from '../domain/audit/alert.ts';
import { backgroundWatch } from '../domain/audit/background.ts';
import { auditEvent } from '../domain/audit/event.ts';
import {
  ownRules,
  placeholderName,
  placeholderValues,
  ruleFault,
  ruleFileName,
  ruleFileText,
} from '../domain/audit/own-rules.ts';
import { auditSource, fileReadOnce, formatId, sourceGap, sourceTarget } from '../domain/audit/source.ts';
import { instant, listOf, pathText, shortText, shownMessage } from '../domain/bounds.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';
import { streamInput, streamOf } from './stream.ts';

const eventNumber = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const amount = z.int().min(0);

/** Text of the query language (`shared/domain/audit/query.ts`); empty: everything. */
const queryText = z.string().max(2_048);

/** What is asked about: a query, in a time, on a node or all. `to` is not included. */
const selection = z.object({
  query: queryText.default(''),
  node: nodeId.optional(),
  from: instant.optional(),
  to: instant.optional(),
});

/** How watching stands. */
export const auditState = z.object({
  watching: z.boolean(),
  /** Since when without a break; null when nobody watches. */
  since: instant.nullable(),
  /** Why nobody watches, or what is wrong; empty when nothing is. */
  trouble: shownMessage(1_024),
  events: amount,
  eventsPerSecond: z.number().min(0),
  /** "Verified up to event N at time T": the newest checkpoint over the events; null before the first. */
  verified: z.object({ upTo: amount, at: instant }).nullable(),
  /** Alerts in state `new`. */
  newAlerts: amount,
  /** Rules in force, and those that can never fire with the sources there are. */
  rules: amount,
  idleRules: amount,
  /**
   * What correlations had to forget before its time was over, because more came at once than is kept of them: groups, and single matches.
   * Left out when nothing was.
   */
  letGo: z.object({ groups: amount, entries: amount }).optional(),
});
export type AuditState = z.infer<typeof auditState>;

/** A page of events. */
export const eventPage = z.object({
  /** Newest first, or oldest first with `after`. */
  events: listOf(auditEvent, 500),
  /** Give it as `before` (or `after`) for what follows; null when there is no more. */
  next: eventNumber.nullable(),
});
export type EventPage = z.infer<typeof eventPage>;

/** One bar. `partly`: time was over before all that may lie in it was counted; there are as many or more. */
export const histogramBar = z.object({
  at: instant,
  total: amount,
  matched: amount,
  alerts: amount,
  partly: z.literal(true).optional(),
});
export type HistogramBar = z.infer<typeof histogramBar>;

export const savedSearch = z.object({ id: shortText, name: shownMessage(128), query: queryText });
export type SavedSearch = z.infer<typeof savedSearch>;

/** What the live stream says: new events in order, alerts that changed, sources that changed. */
export const liveDelta = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('events'), events: listOf(auditEvent, 500) }),
  /** More came than is sent to a page: how many are in the records and not here. */
  z.object({ kind: z.literal('not-shown'), count: amount, upTo: eventNumber }),
  z.object({ kind: z.literal('alert'), alert }),
  z.object({ kind: z.literal('sources'), sources: listOf(auditSource, 1_024) }),
  z.object({ kind: z.literal('state'), state: auditState }),
]);
export type LiveDelta = z.infer<typeof liveDelta>;

/** What agents and nodes do, as their logs tell it. Queries that cannot be read: NOT_ALLOWED with the place and the reason. */
export const audit = {
  state: read.output(auditState),
  /** Snapshot: the state and the newest events (at most 200) that the query selects. Then what comes. */
  live: read
    .input(streamInput.extend({ query: queryText.default(''), node: nodeId.optional() }))
    .output(streamOf(z.object({ state: auditState, events: listOf(auditEvent, 200) }), liveDelta)),
  events: read
    .input(
      selection.extend({
        before: eventNumber.optional(),
        /** 0: from the very first one on. */
        after: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
        limit: z.int().min(1).max(500).default(200),
      }),
    )
    .output(eventPage),
  /** The event and what stands around it in its own source. Errors: EVENT_UNKNOWN. */
  context: read
    .input(z.object({ number: eventNumber, lines: z.int().min(1).max(100).default(10) }))
    .output(z.object({ event: auditEvent, before: listOf(auditEvent, 100), after: listOf(auditEvent, 100) })),
  /** The next or previous event of severity `error`; null when there is none. */
  nextError: read
    .input(selection.extend({ number: eventNumber, direction: z.enum(['older', 'newer']) }))
    .output(auditEvent.nullable()),
  /**
   * `total` counts all events of the time and node, `matched` those that the query selects, the newest first. What cannot be counted
   * within two seconds says so; `thorough` takes up to two minutes.
   */
  histogram: read
    .input(
      selection.extend({
        from: instant,
        to: instant,
        bars: z.int().min(1).max(400).default(120),
        thorough: z.boolean().default(false),
      }),
    )
    .output(listOf(histogramBar, 400)),
  /** The most frequent values of fields among what is selected; counted over at most the newest 50,000 events. */
  facets: read.input(selection.extend({ fields: listOf(z.string().max(256), 12) })).output(
    z.object({
      counted: amount,
      facets: listOf(
        z.object({
          field: z.string().max(256),
          values: listOf(z.object({ value: z.string().max(1_024), count: amount }), 20),
        }),
        12,
      ),
    }),
  ),
  /** Names for completion: fields that occur, most frequent first, and values of one of them that begin as given. */
  complete: read
    .input(z.object({ field: z.string().max(256).nullable(), begins: z.string().max(256) }))
    .output(listOf(z.string().max(1_024), 50)),
  /** All that is selected as JSON lines, at most 100,000 events; says when that was not all. Recorded as an export. */
  exportEvents: change
    .input(selection)
    .output(
      z.object({ fileName: shortText, text: z.string().max(268_435_456), events: amount, all: z.boolean() }),
    ),

  sources: read.input(z.object({ node: nodeId.optional() })).output(listOf(auditSource, 1_024)),
  gaps: read.input(z.object({ source: shortText.optional() })).output(listOf(sourceGap, 1_000)),
  /** Errors: NODE_UNKNOWN, NOT_ALLOWED for a path that is not absolute or a source that is there already. */
  addSource: change.input(z.object({ node: nodeId, target: sourceTarget })).output(auditSource),
  /** Errors: NOT_ALLOWED when there is none. What was stored stays. */
  removeSource: change.input(z.object({ source: shortText })).output(z.object({ removed: z.boolean() })),
  setSource: change
    .input(
      z.object({
        source: shortText,
        paused: z.boolean().optional(),
        format: z.union([formatId, z.literal('auto')]).optional(),
      }),
    )
    .output(auditSource),

  alerts: read
    .input(z.object({ states: listOf(alertState, 4).optional(), node: nodeId.optional() }))
    .output(listOf(alert, 2_000)),
  /** What matched, and what happened just before and after on that node, in one list. Errors: EVENT_UNKNOWN. */
  alert: read
    .input(z.object({ alert: shortText }))
    .output(z.object({ alert, matched: listOf(auditEvent, 100), around: listOf(auditEvent, 200) })),
  /** Errors: EVENT_UNKNOWN. `note` is added when it is not empty. */
  setAlert: change
    .input(
      z.object({
        alert: shortText,
        state: z.enum(['new', 'acknowledged', 'resolved']).optional(),
        note: shownMessage(2_048).default(''),
      }),
    )
    .output(alert),
  silences: read.output(listOf(silence, 500)),
  /** What a silence would have hidden over the stored last 30 days. */
  previewSilence: read.input(z.object({ query: queryText, rule: shortText.nullable() })).output(
    z.object({
      wouldHide: amount,
      ofAlerts: amount,
      examples: listOf(auditEvent, 12),
      /** `would have hidden 12, all like this`. */
      sentence: z.string().max(512),
    }),
  ),
  silence: change
    .input(
      z.object({
        query: queryText.min(1),
        rule: shortText.nullable(),
        reason: z.string().trim().min(3).max(2_048),
        until: instant,
      }),
    )
    .output(silence),
  endSilence: change.input(z.object({ silence: shortText })).output(silence),

  /** Rules in force with their noise: matches in the last 30 days and how many of their alerts were resolved as harmless. */
  rules: read.output(
    listOf(
      z.object({
        rule: ruleInfo,
        alerts30Days: amount,
        matches30Days: amount,
        canFire: z.boolean(),
        whyNot: shownMessage(512),
      }),
      5_000,
    ),
  ),

  /** The operator's own Sigma rules. */
  ownRules: read.output(ownRules),
  /**
   * Keep rule files; one of the same name is replaced. A file in which no rule can be used is left out, and said in `faults`.
   * Errors: STORE_UNAVAILABLE.
   */
  addRules: change
    .input(z.object({ files: z.array(ruleFileText).min(1).max(200) }))
    .output(z.object({ added: listOf(ruleFileName, 200), faults: listOf(ruleFault, 1_000) })),
  /** Take a rule file away. Answers its text, so that it can be added again. Errors: NOT_ALLOWED when there is none. */
  removeRules: change.input(z.object({ name: ruleFileName })).output(ruleFileText),
  /** Values for a placeholder of rules; none takes them away. Answers the rules as they are then. */
  setRuleValues: change
    .input(z.object({ name: placeholderName, values: placeholderValues.valueType }))
    .output(ownRules),

  /** What is learnt of each node, to tell of what was never seen there before. Of things that are known only their number is kept. */
  firstSeen: read.output(
    listOf(
      z.object({
        node: nodeId,
        kind: z.enum(['command', 'destination', 'peer', 'plugin']),
        since: instant,
        /** From here on what is new is told. */
        learnsUntil: instant,
        known: amount,
      }),
      512,
    ),
  ),

  searches: read.output(listOf(savedSearch, 200)),
  saveSearch: change
    .input(z.object({ name: z.string().trim().min(1).max(128), query: queryText }))
    .output(savedSearch),
  /**
   * Read a file of this computer once. What an earlier call read of it is left out. Errors: NODE_UNKNOWN, STORE_UNAVAILABLE
   * with the reason when it cannot be read, is followed already, or was stopped.
   */
  ingest: change
    .input(
      z.object({
        node: nodeId,
        path: pathText,
        format: z.union([formatId, z.literal('auto')]).default('auto'),
      }),
    )
    .output(
      z.object({ bytes: amount, lines: amount, events: amount, known: amount, format: formatId.nullable() }),
    ),

  /** Files that were read once, and how far those are that are being read; these first, then the newest. */
  ingested: read.input(z.object({ node: nodeId.optional() })).output(listOf(fileReadOnce, 1_000)),
  /** Stop reading a file. What was stored of it stays, and reading it again goes on there. */
  stopIngest: change
    .input(z.object({ node: nodeId, path: pathText }))
    .output(z.object({ stopped: z.boolean() })),

  /** Watching while no window is open: how it stands, and what would be placed. */
  background: read.output(backgroundWatch),
  /** Errors: NOT_ALLOWED with what systemd said; then it is as before, or off. */
  setBackground: change.input(z.object({ on: z.boolean() })).output(backgroundWatch),

  removeSearch: change.input(z.object({ search: shortText })).output(z.object({ removed: z.boolean() })),
};
