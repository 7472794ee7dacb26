import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How often a file is looked at when the kernel tells of changes (inotify(7)): it tells nothing of network file systems. */
const WATCHED_POLL_MS = 1_000;
const UNWATCHED_POLL_MS = 250;
/** A folder that cannot be watched, or whose watch may have gone with it, is tried again. */
const RENEW_MS = 15_000;

interface FolderWatch {
  watcher: FSWatcher | null;
  since: number;
  wakes: Map<() => void, string>;
}

/** One watch for each folder, shared by all that follow a file in it. */
export class FolderWatches {
  readonly #folders = new Map<string, FolderWatch>();

  /** @returns the time between looks that is needed beside the watch, and the end of it */
  watch(path: string, wake: () => void): { pollMs: () => number; stop: () => void } {
    const folder = dirname(path);
    const base = basename(path);
    const shared = this.#folders.get(folder) ?? {
      watcher: null,
      since: Number.NEGATIVE_INFINITY,
      wakes: new Map(),
    };
    this.#folders.set(folder, shared);
    shared.wakes.set(wake, base.slice(0, base.lastIndexOf('.') > 0 ? base.lastIndexOf('.') : undefined));
    return {
      pollMs: () => {
        if (performance.now() - shared.since > RENEW_MS) renew(folder, shared);
        return shared.watcher === null ? UNWATCHED_POLL_MS : WATCHED_POLL_MS;
      },
      stop: () => {
        shared.wakes.delete(wake);
        if (shared.wakes.size > 0) return;
        shared.watcher?.close();
        shared.watcher = null;
        if (this.#folders.get(folder) === shared) this.#folders.delete(folder);
      },
    };
  }
}

function renew(folder: string, shared: FolderWatch): void {
  if (shared.wakes.size === 0) return;
  shared.since = performance.now();
  shared.watcher?.close();
  shared.watcher = null;
  try {
    // A watch stays with the folder and not with its name: a new one is made now and then, in case it was replaced.
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      for (const [wake, stem] of shared.wakes) if (name === null || name.startsWith(stem)) wake();
    });
    watcher.on('error', () => {
      watcher.close();
      if (shared.watcher === watcher) shared.watcher = null;
    });
    shared.watcher = watcher;
  } catch {
    // Not there, not readable, or no watches left (fs.inotify.max_user_watches): looking often does as well.
  }
}
