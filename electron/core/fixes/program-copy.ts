import { seen } from '#core/checks/knowledge.ts';
import { isInHome, placeInHome, programOf } from '#core/checks/own-unit.ts';
import { COPY_PLACE } from '#core/facts/profile/leftovers.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import type { TreeFact } from '#shared/domain/facts/files.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { expectedAt, type Needed, stateAt } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { makeDirectory, said, step, writeFile } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

const PLACE = COPY_PLACE;

/** A tree that is copied to a place of the administrator's. */
interface Copied {
  from: string;
  to: string;
  /** Something in it is closed to other accounts, so the copy has to be opened for reading. */
  isClosed: boolean;
}

/** A copy of the program of an installation in /opt/mycoswarm, which only the administrator can change. */
export interface ProgramCopy {
  trees: readonly Copied[];
  /** Root of the virtual environment among the copies. */
  environment: string;
  /** Words that start the daemon from there, before `daemon`. */
  program: readonly string[];
  /** For an editable installation: where the package lies, for the environment to find it there. */
  editable: { source: string; from: string; pathFile: string } | null;
}

export type CopyAnswer = { ok: true; copy: ProgramCopy } | { ok: false; why: string };

const byHandInstead = 'Take the steps of the finding by hand; they install it anew.';

function treeAt(input: Known, instance: InstanceProfile, root: string): TreeFact | undefined {
  return seen(input, 'files')?.trees.find((tree) => tree.root === root && tree.instance === instance.id);
}

/**
 * Why a tree cannot be copied as it is; null when it can. Files of the agent name the place of its source, and root copies it for
 * everybody to read: what belongs to a third account is not the agent's to name.
 */
function whyNotCopied(tree: TreeFact | undefined, root: string, uid: number | null): string | null {
  const shown = visible(root);
  if (tree === undefined || !tree.exists || !tree.complete || tree.unreadableCount > 0)
    return `Not all of ${shown} was seen, so it cannot be copied. Look at this node as administrator first.`;
  const foreign = tree.buckets.find((bucket) => bucket.uid !== 0 && bucket.uid !== uid);
  if (foreign !== undefined)
    return `${visible(foreign.examples[0] ?? root)} belongs to another account (uid ${foreign.uid}) than mycoSwarm, and a copy could be read by everybody. ${byHandInstead}`;
  const leading = tree.linksOut.find(({ resolved }) => resolved !== null && isInHome(resolved));
  if (leading !== undefined)
    return `${visible(leading.path)} leads to ${visible(leading.resolved ?? '')}, which the new account could not read: the Python of mycoSwarm is one of its own. ${byHandInstead}`;
  return tree.special.length > 0
    ? `In ${shown} lie things that are neither files nor folders. ${byHandInstead}`
    : null;
}

/** Whether something in a tree cannot be read by everybody; folders need to be entered too. */
export function isClosed(tree: TreeFact | undefined): boolean {
  return (tree?.buckets ?? []).some(
    ({ kind, mode }) =>
      (kind === 'file' && (mode & 0o004) === 0) || (kind === 'directory' && (mode & 0o005) !== 0o005),
  );
}

function isEditable(input: Known, environment: string): boolean {
  const found = seen(input, 'python')?.environments.find(({ root }) => root === environment);
  return found?.distributions.some(({ name, editable }) => name === 'mycoswarm' && editable) ?? false;
}

/** Where the program would be copied from and to, or why a program cannot do it. Only virtual environments are copied. */
export function copyOf(input: Known, instance: InstanceProfile): CopyAnswer {
  const { virtualEnvironment: environment, source, sitePackages } = instance;
  if (environment === null)
    return { ok: false, why: `mycoSwarm lies in no virtual environment here. ${byHandInstead}` };
  const editable = isEditable(input, environment);
  if (editable && (source === null || sitePackages === null || !isWithin(sitePackages, environment)))
    return {
      ok: false,
      why: `Where the source of mycoSwarm lies was not seen. Say it in Setup, then look again.`,
    };
  const isInside = editable && source !== null && isWithin(environment, source) && environment !== source;
  const roots = editable && source !== null ? (isInside ? [source] : [environment, source]) : [environment];
  for (const root of roots) {
    const why = whyNotCopied(treeAt(input, instance, root), root, instance.uid);
    if (why !== null) return { ok: false, why };
  }
  const moved = (root: string) => `${PLACE}/${root === environment ? 'venv' : 'source'}`;
  const newEnvironment =
    isInside && source !== null ? `${moved(source)}${environment.slice(source.length)}` : moved(environment);
  const isModule = programOf(input, instance)?.includes('-m') ?? false;
  const start = isModule ? ['-m', 'mycoswarm'] : [`${newEnvironment}/bin/mycoswarm`];
  return {
    ok: true,
    copy: {
      trees: roots.map((root) => ({
        from: root,
        to: moved(root),
        isClosed: isClosed(treeAt(input, instance, root)) || isClosed(treeAt(input, instance, environment)),
      })),
      environment: newEnvironment,
      // The interpreter of the copy first: the first line of the script still names the old one.
      program: [`${newEnvironment}/bin/python3`, '-I', ...start],
      editable:
        editable && source !== null && sitePackages !== null
          ? {
              from: source,
              source: moved(source),
              pathFile: `${newEnvironment}${sitePackages.slice(environment.length)}/0-swarmkeep.pth`,
            }
          : null,
    },
  };
}

/** Whether the program of an installation lies where another account could not, or should not, run it from. */
export function liesInHome(input: Known, instance: InstanceProfile): boolean {
  return placeInHome(input, instance) !== undefined;
}

/** What has to be known of the node before the copy. */
export function copyNeeds({ trees, editable }: ProgramCopy): Needed[] {
  return [
    { path: PLACE, kind: 'directory' },
    ...trees.flatMap(({ from, to }): Needed[] => [
      { path: from, kind: 'directory', there: true },
      { path: to, kind: 'directory', there: false },
    ]),
    ...(editable === null ? [] : [{ path: `${editable.from}/src/mycoswarm`, kind: 'directory' } as const]),
  ];
}

/** Why the place is not fit for the copy; null when it is. */
export function whyPlaceUnfit(input: FixInput): string | null {
  const state = stateAt(input, PLACE);
  if (state?.kind !== 'directory' || (state.uid === 0 && (state.mode & 0o022) === 0)) return null;
  return `${PLACE} is there already, and others than the administrator can change it. Look at it yourself first.`;
}

/** Copies the program to the administrator's place: read by root, links as links, nothing in it writable by others. */
export function copySteps(input: FixInput, { trees, editable }: ProgramCopy): PlanStep[] {
  return [
    ...makeDirectory(input, 'Make a place that only the administrator can write', { path: PLACE }),
    ...trees.map(({ from, to, isClosed: closed }) =>
      step(
        input,
        'Copy the program there, as it is now; the original stays',
        {
          verb: 'copy-tree',
          from,
          path: to,
          uid: 0,
          gid: 0,
          takeBits: 0o022,
          giveBits: closed ? 0o055 : 0,
          expect: expectedAt(input, from),
        },
        said(
          `${from} is copied to ${to}: root:root, nothing in it writable by others${closed ? ', readable by all' : ''}, no set-uid marks, no access lists, and no link in it that leads to somebody else’s. Compare it with the released version: until now the agent could change it.`,
        ),
        { undo: `${to} is taken away again.` },
      ),
    ),
    ...(editable === null
      ? []
      : writeFile(input, 'Let the copy find mycoSwarm in the copied source', {
          path: editable.pathFile,
          text: `${packageRoot(input, editable)}\n`,
        })),
  ];
}

/** The folder of the copied source that holds the package: `src`, where the project is laid out so. */
function packageRoot(input: FixInput, { source, from }: NonNullable<ProgramCopy['editable']>): string {
  return stateAt(input, `${from}/src/mycoswarm`)?.kind === 'directory' ? `${source}/src` : source;
}
