import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { dataMountParts } from './data-mount-parts.ts';
import { otherHomeParts } from './homes.ts';
import { filesByPath, isMissing, labelOf, notSeen, sourceOf } from './knowledge.ts';
import { mountedHomeParts } from './mounted-home-parts.ts';
import type { Part } from './part.ts';
import { accountFirst } from './personal.ts';
import { asRoot, byHand, restartsLast, wayBack } from './steps.ts';
import { incompleteParts, pathPart, treeOf } from './tree-access.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';
import { exits } from './workspace-exits.ts';
import { workspaceStep, writablePlaceParts } from './writable-places.ts';

function workspaceSteps(input: CheckInput, agent: Agent): FixStep[] {
  return (
    accountFirst(agent) ?? [
      workspaceStep(input, agent),
      byHand('Then name that folder in Setup as the workspace of this node.'),
    ]
  );
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
        seen: path === null ? 'no workspace is defined' : 'the workspace does not exist',
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

/** How a folder was before, as the commands that bring it back. */
function backSteps(input: CheckInput, path: string): FixStep[] {
  const before = filesByPath(input).get(path);
  if (before === undefined) return [];
  const mode = before.mode.toString(8).padStart(4, '0');
  const back = asRoot(
    input,
    'Back',
  )`sh -c ${'chown "$1" -- "$3" && chmod "$2" -- "$3"'} sh ${`${before.uid}:${before.gid}`} ${mode} ${path}`;
  return wayBack(`Only if something no longer works, this brings ${visible(path)} back to how it was`, [
    back,
  ]);
}

function configurationParts(input: CheckInput, agent: Agent): Part[] {
  const folder = agent.instance.configurationFolder;
  if (folder === null)
    return [
      notSeen(
        input,
        `${labelOf(input, agent.instance)}folder of settings and plugins`,
        'no process, unit or home names it',
        sourceOf(input, 'files'),
        'say in Setup where it is',
      ),
    ];
  // By number: a group need not have the name of its account.
  const owner = `root:${agent.account?.gid ?? agent.login}`;
  const about = {
    headline: `The agent on ${input.nodeName} can change its own settings and plugins.`,
    steps: (at: string) =>
      accountFirst(agent) ?? [
        ...(at === folder || at.startsWith(`${folder}/`)
          ? []
          : [
              asRoot(
                input,
                `Give ${at}, which lies above ${folder}, to the administrator too, else the agent can replace what is in it`,
              )`chown ${owner} -- ${at}`,
              asRoot(
                input,
                `Let the account enter and read ${at}, and not write it; this comes after any "chmod 0700" of the same folder, and mycoSwarm needs a restart then`,
              )`chmod 0750 -- ${at}`,
              ...backSteps(input, at),
            ]),
        asRoot(
          input,
          `Give ${folder} to the administrator, readable by the account`,
        )`chown ${owner} -- ${folder}`,
        asRoot(input, 'Let the account read it and not write it')`chmod 0750 -- ${folder}`,
        asRoot(
          input,
          'The same for plugins',
        )`install -d -o root -g ${agent.account?.gid ?? agent.login} -m 0750 -- ${`${folder}/plugins`}`,
        ...backSteps(input, folder),
        ...backSteps(input, `${folder}/plugins`),
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
        ...writablePlaceParts(input, agent),
        ...configurationParts(input, agent),
        ...otherHomeParts(input, agent),
        ...mountedHomeParts(input, agent),
        ...dataMountParts(input, agent),
        ...agent.doubts,
      ];
    });
    const concluded = conclude('workspace-bounded', input, parts, {
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
    return restartsLast(concluded);
  },
};
