import { z } from 'zod';
import { listOf, pathText, shownMessage } from '../bounds.ts';

/** Name of the unit of the user that watches while no window is open. */
export const BACKGROUND_UNIT = 'swarmkeep-watch.service';

/**
 * Watching while no window is open: a unit of the operator's own systemd manager (systemd.service(5), `systemctl --user`), which
 * starts with the login. Off unless somebody wants it.
 */
export const backgroundWatch = z.object({
  /** It can be had here. */
  possible: z.boolean(),
  /** Why not, and what would help; or what is wrong with it. Empty when nothing is. */
  trouble: shownMessage(1_024),
  /** The unit is there and starts with the login. */
  enabled: z.boolean(),
  /** It runs now: it watches, or waits until the console that is open ends. */
  running: z.boolean(),
  /** The unit that is there is not the one that would be written now: another program or data folder. */
  outdated: z.boolean(),
  /** It goes on after logging out (loginctl(1), lingering); null when that is not known. */
  staysAfterLogout: z.boolean().nullable(),
  /** The file that is placed. */
  file: pathText,
  /** All that stands in it. */
  text: z.string().max(16_384),
  /** What is run to place it, and what takes it away again, as argument vectors. */
  commands: z.object({ on: listOf(listOf(pathText, 16), 8), off: listOf(listOf(pathText, 16), 8) }),
});
export type BackgroundWatch = z.infer<typeof backgroundWatch>;
