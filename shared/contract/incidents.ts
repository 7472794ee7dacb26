import { z } from 'zod';
import { listOf, shortText, shownMessage, shownName } from '../domain/bounds.ts';
import { checkId } from '../domain/check-id.ts';
import { nodeCredentials } from '../domain/incident/credentials.ts';
import { evidenceSummary } from '../domain/incident/evidence.ts';
import { followUpOf, followUpWish } from '../domain/incident/follow-up.ts';
import { huntQuery, huntResult } from '../domain/incident/hunt.ts';
import { incidentEntry, incidentId, stepName } from '../domain/incident/incident.ts';
import { incidentPlan } from '../domain/incident/incident-plan.ts';
import {
  incidentDraft,
  incidentSummary,
  incidentView,
  stepOrder,
  stepResult,
} from '../domain/incident/incident-view.ts';
import { isolationScope } from '../domain/incident/isolation.ts';
import { kitProposal, rebuildKit, rebuildWish, rejoinGate, typedCode } from '../domain/incident/rebuild.ts';
import { incidentReportFile, incidentReportFormat } from '../domain/incident/report-file.ts';
import { timelinePage, timelineQuery } from '../domain/incident/timeline.ts';
import { nodeId } from '../domain/node.ts';
import { change, privileged, read } from './procedure.ts';
import { streamInput, streamOf } from './stream.ts';

const ofIncident = z.object({ incident: incidentId });
const words = shownMessage(2_048);

/** What a person may say about an incident. Nothing of it touches a node. */
export const personMove = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('did'), step: stepName, words }),
  z.object({ kind: z.literal('skip'), step: stepName, words }),
  z.object({ kind: z.literal('again'), step: stepName }),
  z.object({ kind: z.literal('note'), words }),
  z.object({ kind: z.literal('decide'), words }),
  z.object({ kind: z.literal('pin'), item: shortText.min(1), title: shownMessage(1_024), words }),
  z.object({ kind: z.literal('unpin'), item: shortText.min(1) }),
  z.object({
    kind: z.literal('credential'),
    credential: shortText.min(1),
    name: shownName,
    revoked: z.boolean(),
    words,
  }),
  z.object({ kind: z.literal('close'), words, rest: words.nullable() }),
  z.object({ kind: z.literal('reopen') }),
  /** Nothing happened. What is shut off is opened first, and closes the case after that. */
  z.object({ kind: z.literal('false-alarm'), words }),
  followUpWish.extend({ kind: z.literal('follow-up') }),
  followUpWish.extend({ kind: z.literal('follow-up-change'), number: z.int().min(1) }),
  z.object({ kind: z.literal('follow-up-done'), number: z.int().min(1), done: z.boolean(), words }),
]);
export type PersonMove = z.infer<typeof personMove>;

/**
 * Incidents. What touches a node (isolate, preserve, release) is a plan: shown, ordered by id and hash, agreed to outside the renderer. Every
 * procedure but `start` and `list` gives INCIDENT_UNKNOWN for one that there is not.
 */
export const incidents = {
  /** Open ones with all of their state, newest first, and closed ones by name. `before`: a number of a closed one. */
  list: read
    .input(z.object({ before: z.int().min(1).nullable().default(null) }))
    .output(
      z.object({ open: listOf(incidentView, 256), closed: listOf(incidentSummary, 50), more: z.boolean() }),
    ),
  get: read.input(ofIncident).output(incidentView),
  /** What was done so far, newest first. */
  entries: read
    .input(
      ofIncident.extend({
        before: z.int().min(1).nullable().default(null),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ entries: listOf(incidentEntry, 200), total: z.int().min(0) })),
  /** A new incident filled in from what made somebody look; nothing is stored yet. Errors: EVENT_UNKNOWN, NODE_UNKNOWN. */
  draft: read
    .input(
      z.discriminatedUnion('from', [
        z.object({ from: z.literal('alert'), alert: shortText }),
        z.object({ from: z.literal('finding'), node: nodeId, check: checkId }),
      ]),
    )
    .output(incidentDraft),
  /** Opens one. Asking twice with the same id opens one. Errors: NODE_UNKNOWN; NOT_ALLOWED: the node is in an open one. */
  start: change.input(incidentDraft).output(incidentView),
  /** What a person did, decided, noted, pinned or ticked off. Errors: NOT_ALLOWED with the reason. */
  move: change.input(ofIncident.extend({ move: personMove })).output(incidentView),
  /**
   * Asks the nodes and says what a step would do; changes nothing. For the step of the gate: what letting the node in past it would mean, which needs
   * `words`. Errors: NOT_ALLOWED: it has its turn later, or was done.
   */
  plan: read
    .input(
      ofIncident.extend({
        step: stepName,
        scope: isolationScope.default('node'),
        words: words.default(''),
        /** For a release: without an answer of the node, and of peers that are away. */
        withoutNode: z.boolean().default(false),
      }),
    )
    .output(incidentPlan),
  /** Begins what was shown. Errors: PLAN_UNKNOWN, PLAN_CHANGED, CONSENT_REFUSED, NOT_ALLOWED. */
  begin: privileged
    .input(z.object({ plan: shortText, hash: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(incidentView),
  /** Begins a step that only reads: comparing files, asking all nodes. Errors: NOT_ALLOWED. */
  investigate: change.input(ofIncident.extend({ order: stepOrder })).output(incidentView),
  /** Calls off a step that reads. What came until then is kept. Errors: NOT_ALLOWED. */
  cancel: change.input(ofIncident.extend({ step: stepName })).output(incidentView),
  /** Tries an isolation again that is not confirmed, under the consent that was given for it. Errors: NOT_ALLOWED. */
  tryAgain: change.input(ofIncident).output(incidentView),
  /** A person pulled the cable of the node. Errors: NOT_ALLOWED. */
  cablePulled: change.input(ofIncident).output(incidentView),
  /** What a step found last; null before it found anything. */
  result: read.input(ofIncident.extend({ step: stepName })).output(stepResult.nullable()),
  evidence: read.input(ofIncident).output(listOf(evidenceSummary, 64)),
  /** What happened around it, newest first, of all nodes unless some are named. */
  timeline: read.input(ofIncident.extend({ query: timelineQuery })).output(timelinePage),
  /** Every credential that the agents of the node could read: names and places, never a value. */
  credentials: read.input(ofIncident).output(nodeCredentials),
  /** What was recorded of it, as a file. Errors: NOT_SUPPORTED_HERE for a PDF without a browser. */
  report: read.input(ofIncident.extend({ format: incidentReportFormat })).output(incidentReportFile),
  /** What a kit for the node would be made for, as far as it is known. Errors: NOT_SUPPORTED_HERE for a node that is not reached over SSH. */
  kitProposal: read.input(ofIncident).output(kitProposal),
  /** Makes a kit with which the node is set up anew, and writes down that it was made. There is no secret in it. Errors: as `kitProposal`. */
  makeKit: change
    .input(ofIncident.extend({ wish: rebuildWish.omit({ node: true }) }))
    .output(z.object({ kit: rebuildKit, file: incidentReportFile, incident: incidentView })),
  /**
   * Takes the node for itself again by its new host key, whose code a person read at its screen. Errors: NOT_ALLOWED: no key of that code is there;
   * NODE_UNREACHABLE.
   */
  meetAgain: change.input(ofIncident.extend({ code: typedCode })).output(incidentView),
  /** Asks what is true of the node now, and says of each condition whether it is met. */
  gate: read.input(ofIncident).output(rejoinGate),
  /** Takes a new baseline of the files of the node. */
  takeBaseline: change
    .input(ofIncident)
    .output(z.object({ takenAt: z.iso.datetime(), files: z.int().min(0) })),
  /** What incidents asked to be changed, the most urgent first; done ones last. */
  followUps: read.output(listOf(followUpOf, 512)),
  /** Asks all nodes for a file or a destination, outside any incident. */
  hunt: read.input(huntQuery).output(huntResult),
  /** Open incidents, and each that changes. */
  progress: read.input(streamInput).output(streamOf(listOf(incidentView, 256), incidentView)),
};
