import {
  DOORS_RULES,
  DOORS_TABLE,
  DOORS_UNIT,
  doorFenceLines,
  doorFenceOf,
} from '#core/checks/door-fence.ts';
import { rulesUnit } from '#core/checks/outbound-fence.ts';
import { doorsOf, MAX_DOORS } from '#core/checks/service-bindings.ts';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { PlanSetting } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { obstacleAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { installNft, whyNoNft } from './nft.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { rulesNeeds, rulesSteps } from './rules-file.ts';

const FILES = { rules: DOORS_RULES, unit: DOORS_UNIT } as const;

type Known = Omit<FixInput, 'states'>;
const fenceFor = (input: Known) => doorFenceOf(input, doorsOf(input).slice(0, MAX_DOORS));

function settingsOf(input: FixInput, fence: ReturnType<typeof fenceFor>): PlanSetting[] {
  const home = [...fence.home[4], ...fence.home[6]].join(', ');
  const nodes = [...fence.nodes[4], ...fence.nodes[6]].join(', ');
  return fence.doors.map(({ protocol, port, nodesOnly, vpns }) => ({
    check: input.finding.check,
    setting: `Who gets to ${protocol} port ${port}`,
    from: 'machines beyond the home network too',
    to: `${nodesOnly ? `listed nodes only: ${nodes === '' ? 'none is listed' : nodes}` : `the home network: ${home}`}${vpns.length === 0 ? '' : `, and ${vpns.map(({ name }) => name).join(', ')} as you declared`}; this machine itself as before`,
    takesEffect: 'at once; at every start only after you kept it',
    recover: `Undo this change in Activity; at the machine: nft delete table inet ${DOORS_TABLE}`,
  }));
}

/** Keeps strangers from ports that cannot be told to listen elsewhere, by a table of its own. */
export const serviceBindingsFix: Fix = {
  check: 'service-bindings',
  words:
    'Keeps strangers from the ports of mycoSwarm, its dashboard, Ollama and containers by one table of its own, IPv4 and IPv6.',
  after: [],
  targets: () => targetsFor(rulesNeeds(FILES)),
  plan: (input) => {
    const offered = whyNotOffered(input, ['sockets', 'interfaces', 'firewall', 'containers']);
    if (offered !== null) return notAutomatic(offered);
    const fence = fenceFor(input);
    if (fence.doors.length === 0)
      return notAutomatic(
        'Which port strangers reach was not told by its address and the rules alone. Take the steps of the finding by hand.',
      );
    const odd = fence.doors
      .flatMap(({ vpns }) => vpns.map(({ name }) => name))
      .find((name) => !interfaceName.safeParse(name).success);
    if (odd !== undefined)
      return notAutomatic(
        `The interface ${visible(odd)} has a name that no program may be given. Take the steps of the finding by hand.`,
      );
    const refused = whyNoNft(input) ?? obstacleAt(input, rulesNeeds(FILES));
    if (refused !== null) return notAutomatic(refused);
    return planned({
      title: 'Keep strangers from the ports of the swarm',
      settings: settingsOf(input, fence),
      steps: [
        ...installNft(input),
        ...rulesSteps(input, {
          ...FILES,
          table: DOORS_TABLE,
          text: doorFenceLines(fence),
          unitText: rulesUnit('Keeps strangers from the ports of the swarm', DOORS_RULES),
          words: 'the ports of the swarm',
          phase: 'when-kept',
        }),
      ],
      proofs: [{ kind: 'check', check: 'service-bindings' }],
      mayCutOff: true,
    });
  },
};
