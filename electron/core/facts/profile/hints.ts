import type { CollectContext, Collected, ScriptOutput } from '../collector.ts';

/** What was found on disk in round trip 1 that may belong to an installation of mycoSwarm. Judged by `detectProfile`. */
export interface InstallationHints {
  /** Programs called `mycoswarm` in a `bin` folder. */
  consoleScripts: { path: string; uid: number; modifiedAt: string | null }[];
  /** Folders `mycoswarm-VERSION.dist-info`. */
  distributions: {
    metadataPath: string;
    sitePackages: string;
    version: string | null;
    uid: number;
    /** Folder of an editable installation (direct_url.json, PEP 610), or null. */
    editableSource: string | null;
  }[];
  /** Roots of virtual environments (folders with `pyvenv.cfg`, PEP 405) that hold one of these programs. */
  virtualEnvironments: string[];
  /** Folders `.config/mycoswarm`. */
  configurationFolders: { path: string; uid: number; modifiedAt: string | null; names: string[] }[];
  /** Working trees: folders called like mycoSwarm that hold a pyproject.toml. */
  sources: { path: string; uid: number }[];
  /** Other folders that matter, if they exist: workspaces below homes, `/var/log/mycoswarm`. */
  folders: { path: string; uid: number; kind: 'workspace' | 'log' }[];
  /** Places that could not be looked at, and why: an installation may be there. */
  closed: { path: string; reason: string }[];
  /** False when time or depth ended the search: more may be there. */
  complete: boolean;
}

export const NO_HINTS: InstallationHints = {
  consoleScripts: [],
  distributions: [],
  virtualEnvironments: [],
  configurationFolders: [],
  sources: [],
  folders: [],
  closed: [],
  complete: false,
};

/**
 * A collector of round trip 1 whose answer is no subject of the facts but goes into `detectProfile`. Apart from its
 * result it is run like any other.
 */
export interface HintCollector {
  subject: 'installations';
  trip: 1;
  budgetMs: number;
  maxBytes: number;
  source: string;
  script(context: CollectContext): string;
  parse(output: ScriptOutput, context: CollectContext): Collected<InstallationHints>;
}
