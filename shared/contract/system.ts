import { z } from 'zod';
import { instant, shortText } from '../domain/bounds.ts';
import { nodeId } from '../domain/node.ts';
import { settings as settingsShape } from '../domain/settings.ts';
import { setupProgress } from '../domain/setup-progress.ts';
import { change, privileged, read } from './procedure.ts';
import { streamId } from './stream.ts';

export const system = {
  about: read.output(
    z.object({
      version: shortText,
      shell: z.enum(['desktop', 'web', 'command-line']),
      platform: shortText,
      dataFolder: z.string().max(4_096),
      startedAt: instant,
      /** An agent runs under the account that runs this console: no key, rotation or "verified" is offered. */
      agentUnderOwnAccount: z.boolean().nullable(),
      /** The console was started as root (tests, containers); it says so on Home. */
      runsAsRoot: z.boolean(),
    }),
  ),
};

export const streams = {
  /** The reader has taken everything up to and including `number`. */
  acknowledge: read
    .input(z.object({ stream: streamId, number: z.int().min(0) }))
    .output(z.object({ known: z.boolean() })),
};

export const settings = {
  get: read.output(settingsShape),
  /** Replace the settings as a whole; the answer is what is in force now. */
  set: change.input(settingsShape).output(settingsShape),
};

export const setup = {
  /** Null when the set-up of this node was never begun. */
  get: read.input(z.object({ node: nodeId })).output(setupProgress.nullable()),
  save: change.input(setupProgress).output(setupProgress),
};

export const plans = {
  /**
   * Order a change of a node that the core planned and the operator saw. Consent is asked for outside the renderer.
   * Errors: PLAN_UNKNOWN, PLAN_CHANGED, CONSENT_REFUSED.
   */
  apply: privileged
    .input(z.object({ plan: shortText, hash: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(z.object({ change: shortText })),
};
