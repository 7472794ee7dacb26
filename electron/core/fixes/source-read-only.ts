import { canChange, chainOf } from '#core/checks/access.ts';
import { type Agent, agentOf } from '#core/checks/agent.ts';
import { filesByPath, seen } from '#core/checks/knowledge.ts';
import { wordsOf } from '#core/checks/own-account.ts';
import { accountFirst } from '#core/checks/personal.ts';
import { startFolderParts } from '#core/checks/shifted-parts.ts';
import { startPaths } from '#core/checks/start-parts.ts';
import { execWord } from '#core/checks/steps.ts';
import { userPackageParts } from '#core/checks/user-packages.ts';
import { ASIDE } from '#core/facts/profile/leftovers.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import type { FileFact, TreeFact } from '#shared/domain/facts/files.ts';
import type { PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { expectedAt, type Needed, obstacleAt } from './at-path.ts';
import { dropInNeeds, systemUnit, targetsFor, writeDropIn } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { copyNeeds, copyOf, copySteps, isClosed, type ProgramCopy, whyPlaceUnfit } from './program-copy.ts';
import { afterUndo, DAEMON_RESTART_SECONDS, restartUnit, said, setAttributes, step, typed } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Everything of one installation that has to become the administrator's. */
interface Reach {
  agent: Agent;
  /** Folders above the code, and single files that decide how it starts, that the agent owns or may write. */
  single: readonly FileFact[];
  /** Whole trees of code with something in them that it owns or may write; none lies in another. */
  trees: readonly TreeFact[];
  /** It lies where the agent owns a folder above it that has to stay its own: so it moves out of there. */
  copy: ProgramCopy | null;
  dropIns: readonly { name: string; title: string; lines: readonly string[] }[];
}

type Answer = { ok: true; reach: Reach } | { ok: false; why: string };

const agentsOf = (input: Known) => input.facts.profile.instances.map((instance) => agentOf(input, instance));

function codeRoots({ instance }: Agent): string[] {
  return [instance.source, instance.virtualEnvironment, instance.sitePackages].filter(
    (path) => path !== null,
  );
}

const canWrite = (agent: Agent, path: string, files: ReadonlyMap<string, FileFact>) =>
  canChange(agent, path, files).can === 'yes';

/** Whether the agent owns something in a tree, or may write it by its mode. */
function isOpenTree(agent: Agent, tree: TreeFact): boolean {
  return tree.buckets.some(({ kind, uid, gid, mode }) => {
    if (kind === 'link') return false;
    const bits = agent.groupIds?.has(gid) ? (mode >> 3) & 7 : mode & 7;
    return agent.canBe(uid) || (bits & 2) !== 0;
  });
}

/** Entries on the way to a path, itself included, through which the agent could change it. */
function openOn(input: Known, agent: Agent, path: string): FileFact[] {
  const files = filesByPath(input);
  return chainOf(path).flatMap((at) => {
    const fact = files.get(at);
    if (fact === undefined || fact.kind === 'link') return [];
    const alone = new Map([
      [at, fact],
      ...chainOf(at)
        .slice(0, -1)
        .flatMap((above) => rootOwned(files, above)),
    ]);
    return canWrite(agent, at, alone) ? [fact] : [];
  });
}

/** A folder above as if the agent could not change it, so that each entry is judged by itself. */
function rootOwned(files: ReadonlyMap<string, FileFact>, path: string): [string, FileFact][] {
  const fact = files.get(path);
  return fact === undefined
    ? []
    : [[path, { ...fact, kind: 'directory', uid: 0, gid: 0, mode: 0o755, acl: [] }]];
}

function whyNotTaken(agent: Agent, trees: readonly TreeFact[]): string | null {
  const { home, workspace, configurationFolder } = agent.instance;
  for (const tree of trees) {
    const shown = visible(tree.root);
    const own = [workspace, configurationFolder, home].find(
      (path) => path !== null && isWithin(path, tree.root),
    );
    if (own !== undefined)
      return `In ${shown} lies ${visible(own ?? '')}, which mycoSwarm has to write. Move that out of its program first, by the steps of the finding.`;
    if (!tree.complete || tree.unreadableCount > 0)
      return `Not all of ${shown} was seen. Look at this node as administrator first.`;
    if (tree.hardLinksCount > 0)
      return `In ${shown} lie files that have other names elsewhere, and whose these are only you can say. Take the steps of the finding by hand.`;
    if (tree.withAcl?.some(({ acl }) => acl?.some((entry) => /^(u|user|g|group):[^:]+:.w/.test(entry))))
      return `In ${shown} access lists let somebody else write. Take them away with setfacl -Rb first, as the finding says.`;
  }
  return agent.uid === null
    ? 'The account of mycoSwarm is not known. Look at this node as administrator first.'
    : null;
}

function extraDropIns(input: Known, agent: Agent): Reach['dropIns'] {
  const isBad = (part: { status: string }) => part.status === 'fix';
  return [
    ...(startFolderParts(input, agent, () => []).some(isBad)
      ? [
          {
            name: '50-swarmkeep-start',
            title: 'Let Python load nothing from the folder where it is started',
            lines: ['WorkingDirectory=/', 'Environment=PYTHONSAFEPATH=1'],
          },
        ]
      : []),
    ...(userPackageParts(input, agent).some(isBad)
      ? [
          {
            name: '50-swarmkeep-packages',
            title: 'Load packages of the system only',
            lines: ['Environment=PYTHONNOUSERSITE=1'],
          },
        ]
      : []),
  ];
}

/** What has to change for one agent, or why a program cannot do it. */
function reachOf(input: Known, agent: Agent): Answer {
  const [first] = accountFirst(agent) ?? [];
  if (first !== undefined) return { ok: false, why: first.text };
  const files = filesByPath(input);
  const roots = codeRoots(agent);
  const { home, workspace, configurationFolder } = agent.instance;
  // What the account keeps as its own cannot become the administrator's.
  const isOwn = (path: string) => [home, workspace, configurationFolder].includes(path);
  const starts = startPaths(input, agent).filter(
    (path) => !isOwn(path) && files.get(path)?.kind === 'file' && canWrite(agent, path, files),
  );
  const open = [...roots, ...starts].flatMap((path) => openOn(input, agent, path));
  const mustMove =
    home !== null &&
    roots.some((root) => isWithin(root, home)) &&
    open.some(({ path }) => isOwn(path) || (home !== path && isWithin(home, path)));
  const isMoved = (path: string) => mustMove && roots.some((root) => isWithin(path, root));
  const trees = (seen(input, 'files')?.trees ?? []).filter(
    (tree) =>
      tree.instance === agent.instance.id &&
      roots.includes(tree.root) &&
      !isMoved(tree.root) &&
      isOpenTree(agent, tree),
  );
  const single = new Map(
    open
      .filter(({ path }) => !isOwn(path) && !isMoved(path) && !trees.some(({ root }) => isWithin(path, root)))
      .filter(({ path }) => !mustMove || home === null || !isWithin(path, home))
      .map((fact) => [fact.path, fact]),
  );
  const extra = extraDropIns(input, agent);
  const unit = systemUnit(input, agent.instance);
  if (!unit.ok && (mustMove || extra.length > 0)) return { ok: false, why: unit.why };
  const why = whyNotTaken(agent, trees);
  if (why !== null) return { ok: false, why };
  const answer = mustMove ? copyOf(input, agent.instance) : null;
  if (answer !== null && !answer.ok) return answer;
  const copy = answer?.copy ?? null;
  const exec = copy === null ? '' : [...copy.program, ...wordsOf(input, agent)].map(execWord).join(' ');
  return {
    ok: true,
    reach: {
      agent,
      single: [...single.values()],
      trees: outermost(trees),
      copy,
      dropIns: [
        ...(copy === null
          ? []
          : [
              {
                name: '50-swarmkeep-code',
                title: 'Start it from there',
                lines: ['ExecStart=', `ExecStart=${exec}`],
              },
            ]),
        ...extra,
      ],
    },
  };
}

function neededFor({ agent, single, trees, copy, dropIns }: Reach): Needed[] {
  const { unit } = agent.instance;
  return [
    ...single.map(
      ({ path, kind }): Needed => ({ path, kind: kind === 'directory' ? kind : 'file', there: true }),
    ),
    ...trees.flatMap(({ root }): Needed[] => [
      { path: root, kind: 'directory', there: true },
      { path: freshOf(root), kind: 'directory', there: false },
      { path: originalOf(root), kind: 'directory', there: false },
    ]),
    ...(copy === null ? [] : copyNeeds(copy)),
    ...(unit === null || dropIns.length === 0
      ? []
      : dropInNeeds(
          unit,
          dropIns.map(({ name }) => name),
        )),
  ];
}

/** Trees that lie in no other one of them: a copy takes along what lies in it. */
const outermost = (trees: readonly TreeFact[]) =>
  trees.filter(({ root }) => !trees.some((other) => other.root !== root && isWithin(root, other.root)));

function takeSteps(input: FixInput, { agent, single, trees }: Reach): PlanStep[] {
  const owners = single.flatMap(({ path, kind, uid, gid, mode }) => {
    // Of a file the marks set-uid and set-gid go too: a program that the agent chose must not run as the administrator.
    const taken = kind === 'directory' ? 0o022 : 0o6022;
    const after = { uid: 0, gid: agent.canBe(uid) ? 0 : gid, mode: mode & ~taken };
    return setAttributes(
      input,
      'Give it to the administrator; the mode alone is not enough, an owner can change it back',
      path,
      { uid, gid, mode },
      after,
    );
  });
  return [...owners, ...trees.flatMap((tree) => replaceSteps(input, tree))];
}

const freshOf = (root: string) => `${root}.swarmkeep-new`;
const originalOf = (root: string) => `${root}${ASIDE}`;

/**
 * Puts a copy of root's in the place of a tree: new files, for whoever has an old one open for writing goes on writing in it,
 * whatever owner and mode it gets.
 */
function replaceSteps(input: FixInput, tree: TreeFact): PlanStep[] {
  const { root, counted } = tree;
  const [fresh, original] = [freshOf(root), originalOf(root)];
  const closed = isClosed(tree);
  return [
    step(
      input,
      'Copy all of it for the administrator: files that nobody holds open for writing, and nobody else may write',
      {
        verb: 'copy-tree',
        from: root,
        path: fresh,
        uid: 0,
        gid: 0,
        takeBits: 0o022,
        giveBits: closed ? 0o055 : 0,
        expect: expectedAt(input, root),
      },
      said(
        `${counted} entries of ${root} are copied to ${fresh}: root:root, nothing writable by others${closed ? ', readable by all' : ''}, no set-uid marks, no access lists.`,
      ),
      { undo: `${fresh} is taken away.` },
    ),
    step(
      input,
      'Put the original aside; it stays as it is, for the way back',
      { verb: 'move', from: root, path: original, expect: expectedAt(input, root) },
      typed('mv', '--no-target-directory', root, original),
      { undo: `${root} is the original again.` },
    ),
    step(
      input,
      'Put the copy in its place',
      { verb: 'move', from: fresh, path: root, expect: { kind: 'any' } },
      typed('mv', '--no-target-directory', fresh, root),
      { undo: `The copy is moved away from ${root}.` },
    ),
  ];
}

/**
 * Whether mycoSwarm is started again: for what it starts with, and so that it holds no file open any more that was its own. Without
 * a unit of the system only a person can do that; what lies on disk is not its own all the same.
 */
function restarts(input: Known, { agent, dropIns, trees, single }: Reach): boolean {
  const held = trees.length > 0 || single.some(({ kind }) => kind === 'file');
  return dropIns.length > 0 || (held && systemUnit(input, agent.instance).ok);
}

function reachSteps(input: FixInput, reach: Reach): PlanStep[] {
  const { agent, copy, dropIns } = reach;
  const unit = agent.instance.unit ?? '';
  const isRestarted = restarts(input, reach);
  const writes = dropIns.flatMap(({ name, title, lines }) =>
    writeDropIn(input, title, { unit, name, lines }),
  );
  return [
    ...(isRestarted ? [afterUndo(input, { rereadUnits: true, units: [{ unit, action: 'restart' }] })] : []),
    ...takeSteps(input, reach),
    ...(copy === null ? [] : copySteps(input, copy)),
    ...(!isRestarted
      ? []
      : [
          ...writes,
          restartUnit(
            input,
            unit,
            DAEMON_RESTART_SECONDS,
            'it then starts from what only the administrator can change',
          ),
        ]),
  ];
}

function settingOf(input: FixInput, reach: Reach): PlanSetting {
  const { agent, copy, trees, single } = reach;
  const aside =
    trees.length === 0
      ? ''
      : `. What lay there stays aside in ${trees.map(({ root }) => originalOf(root)).join(', ')} until you take it away. Compare the copy with the released version: until now the agent could change it`;
  // A single file keeps its inode; the step fails while a process has it open for writing.
  const hasFiles = single.some(({ kind }) => kind === 'file');
  return {
    check: input.finding.check,
    setting: `The program of ${agent.instance.unit ?? 'mycoSwarm'}`,
    from: `${agent.name} can change it: ${input.finding.summary}`,
    to:
      copy === null
        ? `owned by the administrator with every folder above it; the agent reads and runs it${aside}`
        : `a copy in ${copy.trees.map(({ to }) => to).join(', ')} that only the administrator can change. Compare it with the released version: until now the agent could change it`,
    takesEffect: restarts(input, reach)
      ? 'when mycoSwarm is restarted, which this does'
      : trees.length > 0 || hasFiles
        ? 'when mycoSwarm is started again, which only you can do here'
        : 'at once',
    recover: 'Undo this change in Activity: what was there is put back, with its own owners and modes',
  };
}

/** Takes the program, and what decides how it starts, out of the agent's hands: owners, and every folder above. */
export const sourceReadOnlyFix: Fix = {
  check: 'source-read-only',
  words:
    'Gives the program, its environment and what starts it to the administrator, with every folder above; what lies in the home of the agent is copied out of there.',
  after: ['dedicated-user', 'sandbox-mode', 'workspace-bounded'],
  targets: (input) =>
    targetsFor(
      agentsOf(input).flatMap((agent) => {
        const answer = reachOf(input, agent);
        return answer.ok ? neededFor(answer.reach) : [];
      }),
    ),
  plan: (input) => {
    const offered = whyNotOffered(input, ['accounts', 'files', 'units']);
    if (offered !== null) return notAutomatic(offered);
    const reaches: Reach[] = [];
    for (const agent of agentsOf(input)) {
      const answer = reachOf(input, agent);
      if (!answer.ok) return notAutomatic(answer.why);
      const why =
        obstacleAt(input, neededFor(answer.reach)) ??
        (answer.reach.copy === null ? null : whyPlaceUnfit(input));
      if (why !== null) return notAutomatic(why);
      reaches.push(answer.reach);
    }
    return planned({
      title: 'Take the program out of the hands of mycoSwarm’s agent',
      settings: reaches.map((reach) => settingOf(input, reach)),
      steps: reaches.flatMap((reach) => reachSteps(input, reach)),
      proofs: [{ kind: 'check', check: 'source-read-only' }],
      mayCutOff: false,
    });
  },
};
