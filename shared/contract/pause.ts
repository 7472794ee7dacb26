import { z } from 'zod';
import { pauseState } from '../domain/pause/pause-state.ts';
import { change, read } from './procedure.ts';

/**
 * The emergency brake: all agents of all nodes stand still. It only stops, so that the consent that was given with "Allow changes on this node"
 * covers it; letting agents go again is asked outside the renderer.
 */
export const pause = {
  state: read.output(pauseState),
  /** Asks every node how it stands. */
  look: read.output(pauseState),
  /** Stops and freezes; answers after two seconds at most, with the nodes that have not answered by then. */
  pause: change.input(z.object({})).output(pauseState),
  /** Lets agents go. Errors: CONSENT_REFUSED, NOT_ALLOWED (nothing is paused). */
  resume: change.input(z.object({})).output(pauseState),
};
