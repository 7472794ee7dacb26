/** Where the helper keeps its undo records on a node, for root only. In a file of its own: reading it must not load the words of every verb. */
export const HELPER_STATE_FOLDER = '/var/lib/swarmkeep';
