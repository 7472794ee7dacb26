/**
 * Names under which the preload script and the main process talk. The page never sees them: it has the functions of
 * bridge.ts only.
 */
export const CHANNELS = {
  /** Page to main, answered by {@link CHANNELS.port}: a new port to the core. */
  connect: 'swarmkeep:connect',
  /** Main to page: the request it answers, with one port. */
  port: 'swarmkeep:port',
  /** Page to main, answered at once: the state of the core. */
  coreState: 'swarmkeep:core-state',
  /** Main to page: the state of the core changed. */
  coreStateChanged: 'swarmkeep:core-state-changed',
  /** Main to page: a page to show. */
  openPage: 'swarmkeep:open-page',
  /** Page to main: an address for the operator's browser. */
  openExternal: 'swarmkeep:open-external',
  /** Page to main: a text to save through the system's dialog. */
  saveText: 'swarmkeep:save-text',
} as const;
