import { chainOf } from '#core/checks/access.ts';
import { type Agent, agentOf } from '#core/checks/agent.ts';
import { filesByPath, seen } from '#core/checks/knowledge.ts';
import { folderFlaws, readerPart } from '#core/checks/secret-privacy.ts';
import { ageParts, strengthParts } from '#core/checks/swarm-secret.ts';
import type { FileFact } from '#shared/domain/facts/files.ts';
import type { TokenFact } from '#shared/domain/facts/software.ts';
import type { Ownership } from '#shared/domain/helper/targets.ts';
import type { PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { obstacleAt } from './at-path.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { DAEMON_RESTART_SECONDS, ownerWords, restartUnit, setAttributes } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** The secret of one installation, and who may touch it. */
interface Held {
  agent: Agent;
  token: TokenFact;
  file: FileFact | null;
}

function heldOf(input: Known): Held[] {
  const tokens = seen(input, 'mycoswarm')?.tokens ?? [];
  return input.facts.profile.instances.flatMap((instance) => {
    const token = tokens.find((entry) => entry.instance === instance.id);
    return token?.exists
      ? [{ agent: agentOf(input, instance), token, file: filesByPath(input).get(token.path) ?? null }]
      : [];
  });
}

const ownershipOf = ({ uid, gid, mode }: FileFact): Ownership => ({ uid, gid, mode });

/** What of a secret only another secret mends: it is weak, old, known elsewhere, or missing. */
function reasonsToRotate(input: Known): string[] {
  const tokens = seen(input, 'mycoswarm')?.tokens ?? [];
  return heldOf(input)
    .flatMap(({ agent, token }) => {
      const isOld =
        ageParts(input, agent, token).filter(({ status }) => status === 'fix').length >
        (token.newerThanProcess && agent.instance.running ? 1 : 0);
      return [
        ...(strengthParts(input, agent, token).some(({ status }) => status === 'fix')
          ? ['it can be guessed']
          : []),
        ...(isOld ? ['it is too old'] : []),
        ...((token.leaks?.length ?? 0) > 0 ? ['it lies elsewhere too'] : []),
      ];
    })
    .concat(tokens.some(({ exists }) => !exists) ? ['there is none yet'] : []);
}

function tokenSteps(input: FixInput, { agent, token, file }: Held): PlanStep[] {
  if (file === null || agent.uid === null || agent.account === null) return [];
  if (readerPart(input, agent, token).status !== 'fix') return [];
  const after = { uid: agent.uid, gid: agent.account.gid, mode: 0o600 };
  return setAttributes(
    input,
    'Let only the service and the administrator read the secret',
    token.path,
    ownershipOf(file),
    after,
  );
}

/** Folders above a secret in which somebody else could replace it, each with how it should be. */
function folderChanges(input: Known, { agent, token }: Held): { before: FileFact; after: Ownership }[] {
  return chainOf(token.path)
    .slice(0, -1)
    .flatMap((at) => {
      const before = filesByPath(input).get(at);
      if (before === undefined) return [];
      const { isOthers, isWide, isSticky } = folderFlaws(input, agent, before);
      if (!isOthers && (!isWide || isSticky)) return [];
      const owner = isOthers ? { uid: 0, gid: 0 } : { uid: before.uid, gid: before.gid };
      return [{ before, after: { ...owner, mode: before.mode & ~0o022 } }];
    });
}

/** What permissions alone cannot mend; null when they can. */
function whyNotByMode(input: FixInput, held: readonly Held[]): string | null {
  for (const { agent, token, file } of held) {
    if (file === null)
      return `Who may read ${visible(token.path)} was not seen. Look at this node as administrator first.`;
    if (agent.uid === null || agent.account === null)
      return 'The account of mycoSwarm is not known. Look at this node as administrator first.';
    const way = chainOf(token.path).map((at) => filesByPath(input).get(at));
    if (way.some((fact) => fact?.kind === 'link'))
      return 'The way to the secret goes through a link, which no program follows. Take the steps of the finding by hand.';
    const { uid } = agent;
    const isShared = (fact: FileFact | undefined) =>
      fact?.acl?.some((entry) => /^(u|user|g|group):[^:]+:/.test(entry) && !entry.includes(`:${uid}:`));
    if (way.some(isShared))
      return 'An access list lets others in. Take it away with setfacl -b, as the finding says, then look again.';
  }
  return null;
}

/** Closes the secret to everybody but the service and the administrator, and brings into use what waits for a restart. */
export const swarmSecretFix: Fix = {
  check: 'swarm-secret',
  words:
    'Lets only the service and the administrator read the secret, and starts mycoSwarm again where a new one waits; changing the secret itself is the rotation.',
  after: ['dedicated-user'],
  targets: (input) =>
    heldOf(input).flatMap((held) =>
      [held.token.path, ...folderChanges(input, held).map(({ before }) => before.path)].map((path) => ({
        path,
        text: false,
      })),
    ),
  plan: (input) => {
    const offered = whyNotOffered(input, ['mycoswarm', 'files', 'accounts']);
    if (offered !== null) return notAutomatic(offered);
    const held = heldOf(input);
    const rotate = [...new Set(reasonsToRotate(input))];
    const refused = whyNotByMode(input, held);
    if (refused !== null) return notAutomatic(refused);
    const folders = held.flatMap((one) => folderChanges(input, one));
    const blocked = obstacleAt(input, [
      ...held.map(({ token }) => ({ path: token.path, kind: 'file' as const, there: true })),
      ...folders.map(({ before }) => ({ path: before.path, kind: 'directory' as const, there: true })),
    ]);
    if (blocked !== null) return notAutomatic(blocked);
    const steps = [
      ...folders.flatMap(({ before, after }) =>
        setAttributes(
          input,
          'Let nobody else put another secret in its place',
          before.path,
          ownershipOf(before),
          after,
        ),
      ),
      ...held.flatMap((one) => tokenSteps(input, one)),
      ...pendingRestarts(input, held),
    ];
    if (steps.length === 0)
      return notAutomatic(
        rotate.length > 0
          ? `The secret itself has to be changed, on every node at once: ${rotate.join(', ')}. That is the rotation, not a change of this node alone; the steps of the finding do it by hand.`
          : 'What is wrong with the secret cannot be changed on this node alone. Take the steps of the finding by hand.',
      );
    return planned({
      title: 'Close the swarm secret to others',
      settings: [
        ...held.flatMap((one) => settingOf(input, one)),
        ...(rotate.length === 0 ? [] : [rotationRow(input, rotate)]),
      ],
      steps,
      proofs: [{ kind: 'check', check: 'swarm-secret' }],
      mayCutOff: false,
    });
  },
};

/** mycoSwarm reads the secret once, at its start. */
function pendingRestarts(input: FixInput, held: readonly Held[]): PlanStep[] {
  const units = held
    .filter(({ agent, token }) => token.newerThanProcess === true && agent.instance.running)
    .flatMap(({ agent }) => agent.instance.unit ?? []);
  return [...new Set(units)].map((unit) =>
    restartUnit(input, unit, DAEMON_RESTART_SECONDS, 'it reads the secret once, at its start', {
      reread: false,
      undo: 'mycoSwarm keeps running with the secret that is in the file.',
    }),
  );
}

function settingOf(input: FixInput, { agent, token, file }: Held): PlanSetting[] {
  if (file === null || agent.uid === null || agent.account === null) return [];
  return [
    {
      check: 'swarm-secret',
      setting: `Who may read ${token.path}`,
      from: ownerWords(input, ownershipOf(file)),
      to: 'the service and the administrator only, with no folder above it open to others',
      takesEffect: 'at once; mycoSwarm goes on',
      recover: 'Undo this change in Activity',
    },
  ];
}

function rotationRow(input: FixInput, reasons: readonly string[]): PlanSetting {
  return {
    check: input.finding.check,
    setting: 'The secret itself',
    from: reasons.join(', '),
    to: 'not changed by this: whoever read it may still know it. Change it on all nodes together, by the rotation',
    takesEffect: 'not by this plan',
    recover: 'nothing to recover',
  };
}
