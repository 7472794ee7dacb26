import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from '../domain/bounds.ts';
import { checkId } from '../domain/check-id.ts';
import { findingStatus } from '../domain/finding.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';
import { streamInput, streamOf } from './stream.ts';

/** Where a look at one node is. */
export const lookState = z.object({
  look: shortText,
  node: nodeId,
  nodeName: shownName,
  state: z.enum(['waiting', 'connecting', 'collecting', 'checking', 'done', 'failed', 'cancelled']),
  startedAt: instant,
  endedAt: instant.nullable(),
  /** Subjects of facts: how many there are and how many have answered. */
  subjectsDone: z.int().min(0),
  subjectsTotal: z.int().min(0),
  /** What is being looked at now, in words. */
  present: z.string().max(256),
  error: shownMessage(1_024).nullable(),
});
export type LookState = z.infer<typeof lookState>;

/** A change of a finding between two looks. */
export const drift = z.object({
  at: instant,
  node: nodeId,
  nodeName: shownName,
  check: checkId,
  from: findingStatus.nullable(),
  to: findingStatus,
  summary: z.string().max(1_024),
});
export type Drift = z.infer<typeof drift>;

export const looks = {
  /**
   * Look at nodes now; all of them when none is named. A node that is being looked at already is joined.
   *
   * `administrator`: one node, with the rights of an administrator. Where sudo needs a password it is asked for outside the renderer, and this
   * answers when the look has begun. It reads everything and changes nothing.
   */
  start: change
    .input(
      z.object({
        nodes: listOf(nodeId, 1_024).optional(),
        only: listOf(checkId, 64).optional(),
        administrator: z.boolean().optional(),
      }),
    )
    .output(z.object({ looks: listOf(lookState, 1_024) })),
  /** Stop a look; findings stay as they were. */
  cancel: change.input(z.object({ look: shortText })).output(z.object({ cancelled: z.boolean() })),
  /** Looks that run or ended in the last minute. */
  progress: read.input(streamInput).output(streamOf(listOf(lookState, 1_024), lookState)),
};

export const changes = {
  /** Anything that makes a page old: a finished look, a decision, a node, a setting, an event in the ledger, an alert. The delta names what. */
  watch: read.input(streamInput).output(
    streamOf(
      z.object({ at: instant }),
      z.object({
        at: instant,
        what: z.enum([
          'nodes',
          'findings',
          'decisions',
          'settings',
          'setup',
          'notice',
          'activity',
          'audit',
          'dependencies',
          'secrets',
          'pause',
          'incidents',
          'questions',
        ]),
        node: nodeId.nullable(),
        /** For `notice`: the sentence of a notification. */
        sentence: z.string().max(512).nullable(),
      }),
    ),
  ),
};
