import { agentOf } from '#core/checks/agent.ts';
import type { PlanProof } from '#shared/domain/plan.ts';
import { obstacleAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { Fix } from './fix.ts';
import { keepAccountSteps, needsNewAccount, ownHomeNeeds, whatStays } from './kept-account.ts';
import { moveOf, moveRows, moveSteps } from './new-account.ts';
import { closeHomesSteps, homeNeeds } from './other-homes.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';

/** Gives mycoSwarm an account of its own, with copies of what it needs; what it leaves behind is not touched. */
export const dedicatedUserFix: Fix = {
  check: 'dedicated-user',
  words:
    'Makes an account for mycoSwarm alone, copies its settings and program there, and starts it as that account; your own account is not changed.',
  after: [],
  targets: (input) => {
    const agents = input.facts.profile.instances.map((instance) => agentOf(input, instance));
    const move = moveOf(input);
    return targetsFor([
      ...(move?.ok ? move.move.needs : agents.flatMap((agent) => ownHomeNeeds(agent))),
      ...homeNeeds(input, move?.ok ? [move.move.newAgent] : agents),
    ]);
  },
  plan: (input) => {
    const offered = whyNotOffered(input, ['accounts', 'processes', 'units', 'files']);
    if (offered !== null) return notAutomatic(offered);
    const agents = input.facts.profile.instances.map((instance) => agentOf(input, instance));
    const stays = agents.map((agent) => whatStays(agent)).find((why) => why !== null) ?? null;
    if (!agents.some(needsNewAccount)) {
      const blocked = obstacleAt(input, [
        ...agents.flatMap((agent) => ownHomeNeeds(agent)),
        ...homeNeeds(input, agents),
      ]);
      if (blocked !== null) return notAutomatic(blocked);
      const steps = [
        ...agents.flatMap((agent) => keepAccountSteps(input, agent)),
        ...closeHomesSteps(input, agents),
      ];
      if (steps.length === 0 && stays !== null) return notAutomatic(stays);
      return planned({
        title: 'Close the homes of mycoSwarm and of others',
        settings: [],
        steps,
        proofs: [{ kind: 'check', check: 'dedicated-user' }],
        mayCutOff: false,
      });
    }
    const found = moveOf(input);
    if (found === null || !found.ok)
      return notAutomatic(
        found?.why ?? 'The account of mycoSwarm is not known. Look at this node as administrator first.',
      );
    const { move } = found;
    const others = homeNeeds(input, [move.newAgent]);
    const blocked = move.whyUnfit(input) ?? obstacleAt(input, [...move.needs, ...others]);
    if (blocked !== null) return notAutomatic(blocked);
    return planned({
      title: 'Give mycoSwarm an account of its own',
      settings: moveRows(input, move),
      steps: [...moveSteps(input, move), ...closeHomesSteps(input, [move.newAgent], 'when-kept')],
      proofs: [
        { kind: 'check', check: 'dedicated-user' },
        { kind: 'isolation', check: 'dedicated-user', uid: move.id } satisfies PlanProof,
      ],
      mayCutOff: true,
    });
  },
};
