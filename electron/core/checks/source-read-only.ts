import { isWithin } from '#core/facts/profile/paths.ts';
import type { TreeFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import {
  AS_ADMINISTRATOR,
  filesByPath,
  isMissing,
  labelOf,
  notSeen,
  sourceOf,
  unitOf,
  unseenPart,
} from './knowledge.ts';
import { MOVED_PROGRAM, moveSteps } from './moved-copy.ts';
import { ownUnitSteps } from './own-unit.ts';
import type { Part } from './part.ts';
import { accountFirst } from './personal.ts';
import { shiftedParts, startFolderParts } from './shifted-parts.ts';
import { startParts } from './start-parts.ts';
import { asRoot, byHand, dropInBack, dropInSteps, endWithLook, restartsLast, wayBack } from './steps.ts';
import { systemPackageParts } from './system-packages.ts';
import { incompleteParts, pathPart, treeOf, writableParts } from './tree-access.ts';
import { userPackageParts } from './user-packages.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Takes a folder away from the agent where it lies, or moves it when a folder above it is the agent's. */
function ownershipSteps(input: CheckInput, agent: Agent, path: string, at: string): FixStep[] {
  const first = accountFirst(agent);
  if (first !== null) return first;
  const home = agent.instance.home;
  if (at !== path && (home === null || isWithin(path, home))) {
    return [
      byHand(
        `The folder ${at} above it belongs to ${agent.name}, who can replace everything in it. So the code has to move out of there.`,
      ),
      ...(agent.instance.unit === null
        ? ownUnitSteps(input, agent.instance, true)
        : [
            ...moveSteps(input, agent.instance),
            ...dropInSteps(input, 'Start it from there', agent.instance.unit, '50-swarmkeep-code', [
              'ExecStart=',
              `ExecStart=${MOVED_PROGRAM} daemon --port ${agent.instance.apiPort ?? 7890}`,
            ]),
            ...wayBack(
              'The way back, if mycoSwarm does not start: it then runs from where it was',
              dropInBack(input, agent.instance.unit, '50-swarmkeep-code'),
            ),
          ]),
    ];
  }
  const note = `/root/swarmkeep-before${at.replaceAll('/', '-')}.acl`;
  return [
    asRoot(
      input,
      'Write down owners and modes as they are; getfacl is in the package acl',
    )`sh -c ${'umask 077 && getfacl -R -P -p -- "$1" > "$2"'} sh ${at} ${note}`,
    asRoot(
      input,
      'Give it to the administrator; the mode alone is not enough, an owner can change it back',
    )`chown -R -h root:root -- ${at}`,
    asRoot(input, 'Let nobody else write it')`chmod -R go-w -- ${at}`,
    ...wayBack(
      `The way back, if mycoSwarm does not start: this gives ${visible(at)} its owners and modes again`,
      [asRoot(input, 'Back')`setfacl --restore=${note}`],
    ),
  ];
}

/** Starts Python so that it loads nothing from the folder where it is started. */
function startFolderSteps(input: CheckInput, agent: Agent): FixStep[] {
  const first = accountFirst(agent);
  if (first !== null) return first;
  const { unit } = agent.instance;
  if (unit === null) return ownUnitSteps(input, agent.instance);
  return dropInSteps(
    input,
    'Let Python load nothing from the folder where it is started',
    unit,
    '50-swarmkeep-start',
    ['WorkingDirectory=/', 'Environment=PYTHONSAFEPATH=1'],
  );
}

/** Links that lead out of a tree: what they lead to is run or read as well. */
function linkParts(input: CheckInput, agent: Agent, tree: TreeFact, headline: string): Part[] {
  const label = labelOf(input, agent.instance);
  const files = filesByPath(input);
  const source = sourceOf(input, 'files');
  const dead = tree.linksOut.filter((link) => link.resolved === null);
  const targets = new Set(tree.linksOut.flatMap((link) => (link.resolved === null ? [] : [link.resolved])));
  const parts: Part[] = [];
  for (const target of [...targets].toSorted()) {
    if (files.has(target))
      parts.push(
        pathPart(input, agent, target, { headline, steps: (at) => ownershipSteps(input, agent, target, at) }),
      );
    // Folders of the system are root's on every distribution; everything else has to be looked at.
    else if (!/^\/(usr|bin|sbin|lib|lib64|etc)\//.test(target) || target.startsWith('/usr/local/')) {
      parts.push(
        notSeen(
          input,
          `${label}${target}, where a link in ${tree.root} leads`,
          'who may change it was not seen',
          source,
          AS_ADMINISTRATOR,
        ),
      );
    }
  }
  if (dead.length > 0) {
    parts.push({
      what: `${label}${dead[0]?.path ?? ''}`,
      seen: `${dead.length} links lead nowhere`,
      status: 'not-applicable',
      source,
    });
  }
  if (tree.linksOutCount > tree.linksOut.length) {
    parts.push(
      notSeen(
        input,
        `${label}${tree.linksOutCount} links out of ${tree.root}`,
        'not all of them were kept',
        source,
        null,
      ),
    );
  }
  return parts;
}

function codeParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const headline = `The agent on ${input.nodeName} can change the program that it is.`;
  const environment = instance.virtualEnvironment;
  const sites = instance.sitePackages;
  const folders: { purpose: TreeFact['purpose'] | null; path: string }[] = [];
  if (instance.source !== null) folders.push({ purpose: 'source', path: instance.source });
  if (environment !== null) folders.push({ purpose: 'virtual-environment', path: environment });
  if (sites !== null && (environment === null || !isWithin(sites, environment)))
    folders.push({ purpose: null, path: sites });
  if (folders.length === 0) {
    return [
      notSeen(
        input,
        `${labelOf(input, instance)}source of mycoSwarm`,
        'not found',
        sourceOf(input, 'files'),
        'say in Setup where it is installed',
      ),
    ];
  }
  return folders.flatMap(({ purpose, path }) => {
    const steps = (at: string) => ownershipSteps(input, agent, path, at);
    if (isMissing(input, path)) {
      return [
        {
          what: `${labelOf(input, instance)}${path}`,
          seen: 'does not exist',
          status: 'not-applicable' as const,
          source: sourceOf(input, 'files'),
        },
      ];
    }
    const own = pathPart(input, agent, path, { headline, steps });
    if (purpose === null) return [own];
    const tree = treeOf(input, agent, purpose, path);
    if (!('root' in tree)) return [own, tree];
    return [
      own,
      ...incompleteParts(input, agent, tree),
      ...writableParts(input, agent, tree, {
        headline,
        steps: own.status === 'fix' ? (own.steps ?? []) : steps(path),
      }),
      ...linkParts(input, agent, tree, headline),
    ];
  });
}

/** A part is about the path before its mode; the same path with the same answer is shown once. */
function notYetIn(shown: readonly Part[], parts: readonly Part[]): Part[] {
  const keyOf = (part: Part) => `${part.status} ${part.what.replace(/, mode .*/s, '')}`;
  const keys = new Set(shown.map(keyOf));
  return parts.filter((part) => !keys.has(keyOf(part)));
}

/** Checklist item 4: nothing that decides what runs, and no folder above it, is the agent's to change. */
export const sourceReadOnly: Check = {
  id: 'source-read-only',
  run(input) {
    const absent = withoutMycoswarm('source-read-only', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = input.facts.profile.instances.flatMap((instance): Part[] => {
      const agent = agentOf(input, instance);
      const unit = unitOf(input, instance);
      const hiddenUnit =
        unit === 'unseen'
          ? (unseenPart(input, 'units') ??
            notSeen(
              input,
              `${labelOf(input, instance)}${instance.unit ?? ''}`,
              'systemd did not show this unit, and its file could not be read',
              sourceOf(input, 'units'),
              AS_ADMINISTRATOR,
            ))
          : null;
      const code = codeParts(input, agent);
      return [
        ...code,
        ...(hiddenUnit === null ? [] : [hiddenUnit]),
        ...notYetIn(
          code,
          startParts(input, agent, (path, at) => ownershipSteps(input, agent, path, at)),
        ),
        ...shiftedParts(input, agent, (path, at) => ownershipSteps(input, agent, path, at)),
        ...startFolderParts(input, agent, () => startFolderSteps(input, agent)),
        ...systemPackageParts(input, agent, (path, at) => ownershipSteps(input, agent, path, at)),
        ...userPackageParts(input, agent),
        ...agent.doubts,
      ];
    });
    const concluded = conclude('source-read-only', input, parts, {
      pass: `The agent on ${node} can change neither its program nor how it is started.`,
      detail: {
        fix: 'What it changes comes back at every start. Taking away the write permission does not help while it owns the file or a folder above it.',
        pass: 'No file of source, environment, unit and start scripts, and no folder above them, is owned or writable by it.',
      },
      wouldChange: {
        pass: 'A file or folder among these that the agent owns or may write would change this.',
        otherwise:
          'Code that belongs to the administrator, in folders that belong to the administrator, would make this fine.',
      },
    });
    return endWithLook(restartsLast(concluded));
  },
};
