import { type Agent, agentOf } from '#core/checks/agent.ts';
import { seen } from '#core/checks/knowledge.ts';
import { elsewhereParts } from '#core/checks/outbound-around.ts';
import {
  FENCE_UNIT,
  fenceLines,
  fenceOf,
  RULES,
  UNIT,
  whatStaysOpen,
  whyNot,
} from '#core/checks/outbound-fence.ts';
import { apiPorts } from '#core/checks/swarm-nodes.ts';
import type { PlanProof, PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { type Needed, obstacleAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { FixInput, FixOutcome } from './fix.ts';
import { chainsNeeds, chainsSteps, hasIptablesOnly } from './iptables-fence.ts';
import { installNft, whyNoNft, whyNoSystemd } from './nft.ts';
import { ollamaNeeds, ollamaRelayUnit, ollamaSteps } from './ollama.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { rulesNeeds, rulesSteps } from './rules-file.ts';
import {
  afterUndo,
  DAEMON_RESTART_SECONDS,
  makeDirectory,
  restartUnit,
  step,
  typed,
  writeFile,
} from './steps.ts';

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const folderOf = (unit: string) => `/etc/systemd/system/${unit}.d`;
const dropInOf = (unit: string) => `${folderOf(unit)}/40-swarmkeep-agent.conf`;

type Known = Omit<FixInput, 'states'>;

function agentsOf(input: Known): Agent[] {
  return input.facts.profile.instances.map((instance) => agentOf(input, instance));
}

/** Units of the system that start an agent; a unit of a person's own manager cannot wait for one of the system. */
function unitsOf(input: Known, agents: readonly Agent[]): string[] {
  const known = seen(input, 'units')?.units ?? [];
  const names = agents.flatMap((agent) => agent.instance.unit ?? []);
  return [...new Set(names)].filter((name) => known.some((unit) => unit.name === name && !unit.userUnit));
}

/** Files and folders that the fence is made of. */
function neededAt(input: Known, units: readonly string[]): Needed[] {
  return [
    ...(hasIptablesOnly(input) ? chainsNeeds() : rulesNeeds({ rules: RULES, unit: UNIT })),
    ...units.flatMap((unit): Needed[] => [
      { path: folderOf(unit), kind: 'directory' },
      { path: dropInOf(unit), kind: 'file' },
    ]),
  ];
}

/** Paths that the fence has to know before it can be planned. */
export function fenceTargets(input: Known): { path: string; text: boolean }[] {
  const relay = ollamaRelayUnit(input);
  return [
    ...neededAt(input, unitsOf(input, agentsOf(input))).map(({ path, kind }) => ({
      path,
      text: kind === 'file',
    })),
    ...(relay === null ? [] : targetsFor(ollamaNeeds(relay, ['network']))),
  ];
}

/** Why these agents cannot be fenced in by a program; null when they can. */
function whyNotFenced(input: FixInput, agents: readonly Agent[]): string | null {
  for (const agent of agents) {
    const why = whyNot(agent);
    if (why !== null) return why;
    if (agent.canBe(0))
      return `The account ${visible(agent.name)} can act as administrator, and no rule holds an administrator. First give mycoSwarm an account of its own, as "Its own account" does, then look again.`;
    if (elsewhereParts(input, agent).length > 0)
      return 'mycoSwarm runs in a network of its own here, as in a container, and rules of the machine for its account do not see that. Take the steps of the finding by hand.';
  }
  return hasIptablesOnly(input) ? whyNoSystemd(input) : whyNoNft(input);
}

/** Takes out the line of the security model that stops mDNS too, where it stands exactly so (iptables-save(8)). */
function oldLineSteps(input: FixInput, uids: ReadonlySet<number>): PlanStep[] {
  const saves = (seen(input, 'firewall')?.saves ?? []).filter((save) => save.family === 4);
  return saves.flatMap((save) =>
    [...save.text.matchAll(/^-A OUTPUT -m owner --uid-owner (\d{1,10}) -j DROP$/gm)]
      .map((match) => Number(match[1]))
      .filter((uid) => uids.has(uid))
      .map((uid) => {
        const program = save.backend === 'legacy' ? ('iptables-legacy' as const) : ('iptables' as const);
        const words = ['OUTPUT', '-m', 'owner', '--uid-owner', String(uid), '-j', 'DROP'];
        return step(
          input,
          'Take out the old line that keeps mDNS blocked; the new table stops everything else that it stopped',
          { verb: 'remove-owner-drop', program, uid },
          typed(program, '-D', ...words),
          { undo: 'The line is put back in its place.' },
        );
      }),
  );
}

/** Lets the daemon run only while the rules are there. Taken back before the unit stops, else the daemon would stop with it. */
function requireSteps(input: FixInput, units: readonly string[]): PlanStep[] {
  const writes = units.flatMap((unit) => [
    ...makeDirectory(input, `Make a folder for your own settings of ${unit}`, { path: folderOf(unit) }),
    ...writeFile(input, `Let ${unit} run only while the rules are there`, {
      path: dropInOf(unit),
      text: textOf(['[Unit]', `Requires=${UNIT}`, `After=${UNIT}`]),
    }),
  ]);
  if (writes.length === 0) return [];
  // A look cannot tell what a setting written after the start of a program leaves of those that were in force.
  const restarts = units.map((unit) =>
    restartUnit(
      input,
      unit,
      DAEMON_RESTART_SECONDS,
      'it then starts with the rules it requires; tasks that are running are lost',
    ),
  );
  return [afterUndo(input, { rereadUnits: true }), ...writes, ...restarts];
}

function settingsOf(input: FixInput, agents: readonly Agent[]): PlanSetting[] {
  const fence = fenceOf(input, agents);
  const nodes = fence.nodes.map(({ address }) => address).join(', ');
  const row = (setting: string, from: string, to: string): PlanSetting => ({
    check: input.finding.check,
    setting,
    from,
    to,
    takesEffect: 'at once, for open connections too, and at every start of the machine',
    recover: `Undo this change in Activity; at the machine: ${hasIptablesOnly(input) ? 'iptables -D OUTPUT -j SWARMKEEP_OUT, and the same with ip6tables' : 'nft delete table inet swarmkeep_agent'}`,
  });
  const who = agents.map((agent) => agent.name).join(', ');
  const isOut = input.finding.check === 'outbound-firewall';
  // The same rules do both, so each check says its own first, and the other as what comes with it: never two rows of one name.
  const out = row(
    `${isOut ? 'Way out of' : 'With it: the way out of'} ${who} (uid ${fence.uids.join(', ')})`,
    isOut ? input.finding.summary : 'as the machine has it',
    whatStaysOpen(fence),
  );
  const peers = row(
    `${isOut ? 'With it: machines' : 'Machines'} that ${who} may reach on port ${apiPorts(input).join(', ')}`,
    isOut ? 'every machine that announces itself' : input.finding.summary,
    nodes === '' ? 'nobody, for no other node is in your list' : nodes,
  );
  return isOut ? [out, peers] : [peers, out];
}

/** Addresses that are nobody's, kept for examples: RFC 5737 and RFC 3849. */
const NOWHERE = ['192.0.2.1', '2001:db8::1'] as const;

/** That mycoSwarm answers its own account through the rules is asked by every plan that loads some (still-answers.ts). */
function packetProofs(input: FixInput, agents: readonly Agent[], port: number): PlanProof[] {
  const { check } = input.finding;
  return agents
    .slice(0, 4)
    .flatMap(({ uid }): PlanProof[] =>
      uid === null
        ? []
        : NOWHERE.map((address) => ({ kind: 'packet', check, uid, address, port, wanted: 'stopped' })),
    );
}

function tableSteps(input: FixInput, agents: readonly Agent[]): PlanStep[] {
  return [
    ...installNft(input),
    ...rulesSteps(input, {
      rules: RULES,
      unit: UNIT,
      table: 'swarmkeep_agent',
      text: fenceLines(fenceOf(input, agents)),
      unitText: FENCE_UNIT,
      words: 'the account of the agent',
      phase: 'now',
    }),
  ];
}

/**
 * The plan of the fence for all agents of a node: one table of its own, both families, loaded now and by a unit at every start,
 * which the daemon requires. It closes the way out and port 7890 of strangers together, so both checks have the same steps.
 * @param about.port a port on which the proof asks that nothing gets through
 * @param about.withRelays keep the model server at home too, where it carries data out for the agent
 */
export function planFence(
  input: FixInput,
  about: { title: string; port: number; withRelays: boolean },
): FixOutcome {
  const offered = whyNotOffered(input, ['accounts', 'firewall', 'units']);
  if (offered !== null) return notAutomatic(offered);
  const agents = agentsOf(input);
  const relay = about.withRelays ? ollamaRelayUnit(input) : null;
  const units = unitsOf(input, agents);
  const refused = whyNotFenced(input, agents) ?? obstacleAt(input, neededAt(input, units));
  if (refused !== null) return notAutomatic(refused);
  const uids = new Set(agents.flatMap((agent) => agent.uid ?? []));
  return planned({
    title: about.title,
    settings: settingsOf(input, agents),
    steps: [
      ...(hasIptablesOnly(input) ? chainsSteps(input, fenceOf(input, agents)) : tableSteps(input, agents)),
      ...requireSteps(input, units),
      ...oldLineSteps(input, uids),
      ...(relay === null ? [] : ollamaSteps(input, relay, ['network'])),
    ],
    proofs: [{ kind: 'check', check: input.finding.check }, ...packetProofs(input, agents, about.port)],
    mayCutOff: false,
  });
}
