import { isWithin } from '#core/facts/profile/paths.ts';
import type { FileFact, TreeFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { dataMountParts } from './data-mount-parts.ts';
import { otherHomeParts } from './homes.ts';
import { AS_ADMINISTRATOR, filesByPath, isMissing, labelOf, notSeen, sourceOf, unitOf } from './knowledge.ts';
import { ownUnitSteps } from './own-unit.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, dropInSteps, unitWord } from './steps.ts';
import { incompleteParts, pathPart, treeOf } from './tree-access.ts';
import { placesOf } from './unit-places.ts';
import { changedSinceStart, isConfined } from './unit-sandbox.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

function workspaceSteps(input: CheckInput, agent: Agent): FixStep[] {
  const folder = `${agent.instance.home ?? '/home/mycoswarm'}/workspace`;
  return [
    asRoot(
      input,
      'Make one folder for the agent to write in',
    )`install -d -o ${agent.login} -g ${agent.login} -m 0700 -- ${folder}`,
    byHand('Then name that folder in Setup as the workspace of this node.'),
  ];
}

/** One part for each entry of the workspace that leads out of it. */
function exits(input: CheckInput, agent: Agent, tree: TreeFact): Part[] {
  const label = labelOf(input, agent.instance);
  const node = input.nodeName;
  const source = sourceOf(input, 'files');
  const exit = (
    file: FileFact,
    seenThere: string,
    headline: string,
    step: FixStep,
    status: 'fix' | 'review' = 'fix',
  ): Part => ({
    what: `${label}${file.path}`,
    seen: seenThere,
    status,
    severity: status === 'fix' ? 'high' : 'low',
    source,
    headline,
    steps: [step],
  });
  const parts = [
    ...tree.linksOut.map((file) =>
      exit(
        file,
        file.resolved === null
          ? `a link that leads nowhere, to ${file.target ?? '?'}`
          : `leads out, to ${file.resolved}`,
        `A link in the workspace of ${node} leads out of it.`,
        asRoot(input, 'Remove the link; what it leads to stays')`rm -- ${file.path}`,
        file.resolved === null ? 'review' : 'fix',
      ),
    ),
    ...tree.hardLinks.map((file) =>
      exit(
        file,
        `one of ${file.links} names of a file; others lie outside`,
        `A file in the workspace of ${node} has another name outside it.`,
        asRoot(input, 'Remove this name; the file stays under its other name')`rm -- ${file.path}`,
      ),
    ),
    ...tree.setuid.map((file) =>
      exit(
        file,
        `runs with the rights of its owner, uid ${file.uid}`,
        `A program in the workspace of ${node} runs with other rights.`,
        asRoot(input, 'Take the mark off')`chmod ug-s -- ${file.path}`,
      ),
    ),
    ...tree.special.map((file) =>
      file.kind === 'device'
        ? exit(
            file,
            'a device',
            `A device file lies in the workspace of ${node}.`,
            asRoot(input, 'Remove it')`rm -- ${file.path}`,
          )
        : exit(
            file,
            `a ${file.kind} to another program`,
            `Something in the workspace of ${node} talks to another program.`,
            asRoot(input, 'See who uses it')`fuser -v -- ${file.path}`,
            'review',
          ),
    ),
    ...tree.mounts.map(
      (path): Part => ({
        what: `${label}${path}`,
        seen: 'another folder or disk is mounted here',
        status: 'fix',
        severity: 'high',
        source: sourceOf(input, 'mounts'),
        headline: `Something else is mounted inside the workspace of ${node}.`,
        steps: [asRoot(input, 'Unmount it, and take it out of /etc/fstab')`umount -- ${path}`],
      }),
    ),
  ];
  const more = tree.linksOutCount - tree.linksOut.length + (tree.hardLinksCount - tree.hardLinks.length);
  if (more > 0)
    parts.push({
      what: `${label}${tree.root}`,
      seen: `${more} more that lead out`,
      status: 'fix',
      severity: 'high',
      source,
      headline: `Links in the workspace of ${node} lead out of it.`,
      steps: [asRoot(input, 'List the links')`find ${tree.root} -xdev -type l`],
    });
  return parts;
}

function workspaceParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const node = input.nodeName;
  const source = sourceOf(input, 'files');
  const path = instance.workspace;
  if (path === null || isMissing(input, path)) {
    return [
      {
        what: `${label}workspace${path === null ? '' : ` ${path}`}`,
        seen: path === null ? 'none is defined' : 'does not exist',
        status: 'fix',
        severity: 'medium',
        source,
        headline: `No workspace is defined for the agent on ${node}.`,
        steps: workspaceSteps(input, agent),
      },
    ];
  }
  const tree = treeOf(input, agent, 'workspace', path);
  if (!('root' in tree)) return [tree];
  const leaving = exits(input, agent, tree);
  const incomplete = incompleteParts(input, agent, { ...tree, withAcl: tree.withAcl ?? [] });
  if (leaving.length > 0) return [...leaving, ...incomplete];
  return [
    {
      what: `${label}${path}, ${tree.counted} entries`,
      seen: 'nothing in it leads out',
      status: 'pass',
      source,
    },
    ...incomplete,
  ];
}

/** Places that a unit leaves writable under `ProtectSystem=strict`, with what is meant by each. */
function writableBySandbox(input: CheckInput, agent: Agent): Part[] | null {
  const unit = unitOf(input, agent.instance);
  if (unit === null || unit === 'unseen' || unit.properties.ProtectSystem !== 'strict') return null;
  const { workspace, configurationFolder: configuration } = agent.instance;
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'units');
  const state =
    configuration === null
      ? []
      : ['swarm-token', 'access.log', 'node_id'].map((name) => `${configuration}/${name}`);
  const listed = placesOf(unit, agent.instance.home);
  return listed.map((path): Part => {
    const what = `${label}${unit.name}: may write ${path}`;
    const isMeant =
      (workspace !== null && isWithin(path, workspace)) ||
      state.includes(path) ||
      isWithin(path, '/tmp') ||
      isWithin(path, '/var/tmp');
    if (isMeant)
      return { what, seen: 'workspace, declared state or temporary files', status: 'pass', source };
    return {
      what,
      seen: 'neither the workspace nor declared state',
      status: 'fix',
      severity: 'medium',
      source,
      headline: `The agent on ${input.nodeName} may write outside its workspace, in ${path}.`,
      steps: limitSteps(input, agent),
    };
  });
}

function limitSteps(input: CheckInput, agent: Agent): FixStep[] {
  const { instance } = agent;
  if (instance.unit === null) return ownUnitSteps(input, instance);
  const writable = [
    instance.workspace ?? `${instance.home ?? '/home/mycoswarm'}/workspace`,
    ...(instance.configurationFolder === null ? [] : [`${instance.configurationFolder}/access.log`]),
  ];
  return dropInSteps(
    input,
    'Let it write in its workspace and its access log only',
    instance.unit,
    '60-swarmkeep-workspace',
    [
      'ProtectSystem=strict',
      'ProtectHome=read-only',
      'PrivateTmp=yes',
      'ReadWritePaths=',
      `ReadWritePaths=${writable.map((path) => unitWord(`-${path}`)).join(' ')}`,
    ],
  );
}

/** Whether the agent can write its home, outside the workspace. */
function homeParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const confined = writableBySandbox(input, agent);
  const inForce = confined === null ? 'no' : isConfined(input, instance);
  if (confined !== null && inForce === 'yes') {
    return [
      {
        what: `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
        seen: 'everything else is read-only to the running process',
        status: 'pass',
        source: sourceOf(input, 'units'),
      },
      ...confined,
    ];
  }
  if (confined !== null && inForce === 'unknown') {
    if (changedSinceStart(input, instance) === 'yes') {
      return [
        notSeen(
          input,
          `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
          'changed since it was started: restart it',
          sourceOf(input, 'units'),
          `restart ${instance.unit ?? 'mycoSwarm'} and look again`,
        ),
        ...confined,
      ];
    }
    return [
      notSeen(
        input,
        `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
        'whether it is in force on the running process could not be seen',
        sourceOf(input, 'processes'),
        AS_ADMINISTRATOR,
      ),
      ...confined,
    ];
  }
  if (unitOf(input, instance) === 'unseen') {
    return [
      notSeen(
        input,
        `${label}${instance.unit ?? ''}`,
        'where it may write could not be read',
        sourceOf(input, 'units'),
        AS_ADMINISTRATOR,
      ),
    ];
  }
  if (instance.home === null)
    return [
      notSeen(
        input,
        `${label}home of ${agent.name}`,
        'not known',
        sourceOf(input, 'accounts'),
        'say in Setup which account it uses',
      ),
    ];
  return [
    pathPart(input, agent, instance.home, {
      headline: `The agent on ${input.nodeName} writes wherever its account may, not only in a workspace.`,
      steps: () => limitSteps(input, agent),
    }),
  ];
}

/** How a folder was before, as the commands that bring it back. */
function backSteps(input: CheckInput, path: string): FixStep[] {
  const before = filesByPath(input).get(path);
  if (before === undefined) return [];
  const mode = before.mode.toString(8).padStart(4, '0');
  const back = asRoot(
    input,
    'Back',
  )`sh -c ${'chown "$1" -- "$3" && chmod "$2" -- "$3"'} sh ${`${before.uid}:${before.gid}`} ${mode} ${path}`;
  // Words and no command: whoever copies all commands must not undo what they just did.
  return back.command === null
    ? []
    : [byHand(`Only if something no longer works, this brings ${path} back to how it was: ${back.command}`)];
}

function configurationParts(input: CheckInput, agent: Agent): Part[] {
  const folder = agent.instance.configurationFolder;
  if (folder === null)
    return [
      notSeen(
        input,
        `${labelOf(input, agent.instance)}folder of settings and plugins`,
        'not known',
        sourceOf(input, 'files'),
        'say in Setup where it is',
      ),
    ];
  const about = {
    headline: `The agent on ${input.nodeName} can change its own settings and plugins.`,
    steps: (at: string) => [
      ...(at === folder || at.startsWith(`${folder}/`)
        ? []
        : [
            asRoot(
              input,
              `Give ${at}, which lies above ${folder}, to the administrator too, else the agent can replace what is in it`,
            )`chown root:${agent.login} -- ${at}`,
            asRoot(
              input,
              `Let the account enter and read ${at}, and not write it; this comes after any "chmod 0700" of the same folder, and mycoSwarm needs a restart then`,
            )`chmod 0750 -- ${at}`,
            ...backSteps(input, at),
          ]),
      asRoot(
        input,
        `Give ${folder} to the administrator, readable by the account`,
      )`chown root:${agent.login} -- ${folder}`,
      asRoot(input, 'Let the account read it and not write it')`chmod 0750 -- ${folder}`,
      asRoot(
        input,
        'The same for plugins',
      )`install -d -o root -g ${agent.login} -m 0750 -- ${`${folder}/plugins`}`,
    ],
  };
  return [folder, `${folder}/plugins`]
    .filter((path) => path === folder || filesByPath(input).has(path))
    .map((path) => pathPart(input, agent, path, about));
}

/** Checklist item 3: one folder to write in, with no way out, and nothing else to write or to read. */
export const workspaceBounded: Check = {
  id: 'workspace-bounded',
  run(input) {
    const absent = withoutMycoswarm('workspace-bounded', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = input.facts.profile.instances.flatMap((instance): Part[] => {
      const agent = agentOf(input, instance);
      return [
        ...workspaceParts(input, agent),
        ...homeParts(input, agent),
        ...configurationParts(input, agent),
        ...otherHomeParts(input, agent),
        ...dataMountParts(input, agent),
        ...agent.doubts,
      ];
    });
    return conclude('workspace-bounded', input, parts, {
      pass: `The agent on ${node} writes in its workspace only, and nothing in there leads out.`,
      detail: {
        fix: 'mycoSwarm itself knows no bounds: only permissions and limits of the system keep an agent in its folder.',
      },
      wouldChange: {
        pass: 'A link out of the workspace, or another place that the agent may write, would change this.',
        otherwise:
          'One workspace without a way out, and everything else read-only to the agent, would make this fine.',
      },
    });
  },
};
