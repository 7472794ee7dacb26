import type { ScriptHost } from '#core/hosts/host.ts';
import { agentPlaces } from '#core/incidents/evidence/places.ts';
import type { BaselineSummary, WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted, countWord } from '#shared/domain/words.ts';
import { type BaselineHeader, baselinePlace, readBaseline, writeBaseline } from './baseline-file.ts';
import { type Compared, changedSince, compareTrees, shownPath } from './compare.ts';
import type { Tree } from './tree.ts';
import { walk } from './walk.ts';
import { watchedPlaces } from './watched-places.ts';
import { WorkspaceError } from './workspace-error.ts';

export interface WorkspaceRequest {
  host: ScriptHost;
  node: { id: string; name: string };
  profile: Profile | null;
  dataFolder: string;
  now(): Date;
  /** Whether places of the system are watched besides those of the agent; by default they are. */
  system?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Takes a baseline of a node: plugins, workspace, homes, code of the agent, and the places of the system from which something starts. It takes
 * the place of the former one once it is whole and on the disk.
 * @throws WorkspaceError when the node cannot be looked at or nothing can be kept; the former baseline then is as it was
 */
export async function takeBaseline(
  request: WorkspaceRequest,
  reason: BaselineSummary['reason'],
): Promise<BaselineSummary> {
  const takenAt = request.now().toISOString();
  const { tree, privilege, roots, unseen } = await looked(request);
  if (tree.entries.size === 0)
    throw new WorkspaceError(
      `Nothing of what is to be watched could be seen on ${request.node.name}, so there is no baseline to keep.`,
      'Look at the node first, and correct in Setup where mycoSwarm is.',
    );
  let bytes = 0;
  for (const { kind, size } of tree.entries.values()) if (kind === 'file') bytes += size;
  const head: BaselineHeader = {
    format: 'swarmkeep-baseline',
    version: 1,
    node: request.node.id,
    nodeName: request.node.name,
    takenAt,
    reason,
    privilege,
    files: tree.entries.size,
    bytes,
    places: roots.slice(0, 256).map((path) => visible(path)),
    unseen,
    whole: tree.whole,
    hashed: tree.hashed,
    closed: tree.closed,
  };
  try {
    const sha256 = await writeBaseline(baselinePlace(request.dataFolder, request.node.id), head, tree);
    return summaryOf(head, sha256);
  } catch (error) {
    throw new WorkspaceError(
      'The baseline could not be kept on this computer. The former one, if there was one, is as it was.',
      'Look at the free space and the permissions of the data folder of Swarmkeep.',
      { cause: error },
    );
  }
}

/** @returns what is kept of a node, or null @throws WorkspaceError when it cannot be read */
export async function baselineOf(dataFolder: string, node: string): Promise<BaselineSummary | null> {
  const kept = await readKept(dataFolder, node);
  return kept === null ? null : summaryOf(kept.head, kept.sha256);
}

/**
 * Looks at a node again and says what is other than in its baseline, or what was made or changed since an instant; what matters first stands first.
 * @throws WorkspaceError when there is no baseline, or the node cannot be looked at
 */
export async function auditWorkspace(
  request: WorkspaceRequest,
  against: 'baseline' | { since: string },
): Promise<WorkspaceAudit> {
  const began = performance.now();
  const at = request.now().toISOString();
  const kept = against === 'baseline' ? await readKept(request.dataFolder, request.node.id) : null;
  if (against === 'baseline' && kept === null)
    throw new WorkspaceError(
      `There is no baseline of ${request.node.name}, so what changed cannot be told from what was always there.`,
      'Ask what changed since a time instead.',
    );
  const { tree, privilege, unseen } = await looked(request);
  const places = agentPlaces(request.profile);
  let compared: Compared;
  let said: WorkspaceAudit['against'];
  if (kept !== null) {
    compared = compareTrees(kept.tree, tree, places);
    said = { kind: 'baseline', takenAt: kept.head.takenAt, sha256: kept.sha256 };
    unseen.push(...kept.head.unseen.map((what) => `In the baseline: ${what}`.slice(0, 1_024)));
    if (kept.head.privilege !== privilege)
      unseen.push('The baseline was taken by another kind of account: closed places differ for that alone.');
  } else {
    const since = against === 'baseline' ? at : against.since;
    compared = changedSince(tree, Date.parse(since), places);
    said = { kind: 'since', since };
    unseen.push('Without a baseline nothing is known of what was deleted.');
  }
  if (compared.uncompared > 0)
    unseen.push(
      `${counted(compared.uncompared, 'file')} with unchanged size and times ${compared.uncompared === 1 ? 'was' : 'were'} not compared by content: too large, or closed.`,
    );
  return {
    node: request.node.id,
    nodeName: request.node.name,
    at,
    against: said,
    privilege,
    files: tree.entries.size,
    tookMs: Math.round(performance.now() - began),
    changes: compared.changes,
    total: compared.total,
    unseen: unseen.slice(0, 256),
    sentence: sentenceOf(request.node.name, compared, unseen.length),
  };
}

async function looked(request: WorkspaceRequest): Promise<{
  tree: Tree;
  privilege: BaselineSummary['privilege'];
  roots: string[];
  unseen: string[];
}> {
  const places = agentPlaces(request.profile);
  const system = request.system !== false;
  const roots = watchedPlaces(places, system);
  const walked = await walk(request.host, roots, { setuid: system, signal: request.signal });
  if (!walked.ok) {
    request.signal?.throwIfAborted();
    throw new WorkspaceError(
      `${request.node.name} could not be looked at: ${walked.error.message}`,
      walked.error.next,
    );
  }
  const unseen = [
    ...places.refused.map(({ value, reason }) => `${visible(value).slice(0, 256)} was left out: ${reason}.`),
    ...walked.unseen,
    ...walked.tree.closed
      .slice(0, 200)
      .map((path) => `${shownPath(path).slice(0, 900)} is closed to the account that looked.`),
  ];
  if (places.homes.length + places.configurationFolders.length + places.workspaces.length === 0)
    unseen.push('Where mycoSwarm is on this node is not known: only places of the system were looked at.');
  return { tree: walked.tree, privilege: walked.privilege, roots, unseen: unseen.slice(0, 256) };
}

async function readKept(dataFolder: string, node: string) {
  try {
    return await readBaseline(baselinePlace(dataFolder, node));
  } catch (error) {
    throw new WorkspaceError(
      'The baseline that is kept of this node is damaged and was not used.',
      'Ask what changed since a time instead. A new baseline would call everything that is there now right.',
      { cause: error },
    );
  }
}

function summaryOf(head: BaselineHeader, sha256: string): BaselineSummary {
  const { node, nodeName, takenAt, reason, privilege, files, bytes, places, unseen } = head;
  return { node, nodeName, takenAt, reason, privilege, files, bytes, places, unseen, sha256 };
}

function sentenceOf(name: string, { changes, total }: Compared, gaps: number): string {
  const beside = gaps > 0 ? ' Not everything could be looked at.' : '';
  if (total === 0) return `No change was found on ${name}.${beside}`;
  const first = changes.filter(
    ({ importance }) => importance !== 'configuration' && importance !== 'other',
  ).length;
  const count = capital(counted(total, 'change'));
  if (first === 0) return `${count} on ${name}, in nothing that runs or lets somebody in.${beside}`;
  return `${count} on ${name}; ${countWord(first)} in what runs, starts by itself or lets somebody in.${beside}`;
}
