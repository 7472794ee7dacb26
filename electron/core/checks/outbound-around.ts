import { type Agent, processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { OBEDIENT } from './powers.ts';
import { socketText } from './reach.ts';
import { asRoot, undoneBy } from './steps.ts';
import { withoutCapabilitiesSteps } from './unit-power-steps.ts';

/** Capabilities with which packets get past the rules, by number: changing the rules, and writing frames that no inet table sees. */
const PAST_RULES: ReadonlyMap<number, string> = new Map([
  [12, 'cap_net_admin'],
  [13, 'cap_net_raw'],
]);

/** Programs of an agent that carry such a capability themselves (capabilities(7), packet(7)). */
function ofProcesses(input: CheckInput, agent: Agent): Part[] {
  return processesOf(input, agent.instance).flatMap((process): Part[] => {
    const bits = BigInt(`0x${process.capabilitiesEffective ?? '0'}`);
    const names = [...PAST_RULES]
      .filter(([bit]) => ((bits >> BigInt(bit)) & 1n) === 1n)
      .map(([, name]) => name);
    // Root has them all, and is named for that already.
    if (names.length === 0 || agent.canBe(0)) return [];
    return [
      {
        what: `${labelOf(input, agent.instance)}${process.name} (pid ${process.pid})`,
        seen: `has ${names.join(' and ')}: it can get packets past the rules`,
        status: 'fix',
        severity: 'high',
        source: `/proc/${process.pid}/status`,
        headline: `mycoSwarm on ${input.nodeName} can get packets past every rule: it has ${names.join(' and ')}.`,
        steps: withoutCapabilitiesSteps(input, agent.instance),
      },
    ];
  });
}

/** Programs that do as they are told and carry such a capability for whoever starts them. */
function ofPrograms(input: CheckInput, agent: Agent): Part[] {
  const programs = seen(input, 'accounts')?.setuidPrograms ?? [];
  return programs.flatMap((program): Part[] => {
    const name = program.path.slice(program.path.lastIndexOf('/') + 1);
    const mayStart =
      (program.mode & 0o1) !== 0 ||
      ((program.mode & 0o10) !== 0 && agent.groupIds?.has(program.gid) === true);
    const mighty = /cap_net_(raw|admin)/.exec(program.capabilities ?? '')?.[0];
    if (mighty === undefined || !mayStart || !OBEDIENT.test(name) || agent.canBe(0)) return [];
    return [
      {
        what: `${labelOf(input, agent.instance)}${program.path}`,
        seen: `carries ${program.capabilities ?? ''} and does what the agent tells it: packets get past the rules`,
        status: 'fix',
        severity: 'high',
        source: sourceOf(input, 'accounts'),
        headline: `The agent on ${input.nodeName} can get packets past every rule with ${program.path}, which carries ${mighty}.`,
        steps: [
          undoneBy(asRoot(input, 'Take the capability away')`setcap -r ${program.path}`, [
            asRoot(input, 'Back')`setcap ${program.capabilities ?? ''} ${program.path}`,
          ]),
        ],
      },
    ];
  });
}

/**
 * An agent in a network of its own, as in a container: what it sends is forwarded or goes nowhere, and nothing that rules of this machine say
 * about its account is true of it.
 * @returns nothing for one that surely is in the network of the machine, or that does not run
 */
export function elsewhereParts(input: CheckInput, agent: Agent): Part[] {
  const facts = seen(input, 'processes');
  const mine = processesOf(input, agent.instance);
  const init = facts?.initNamespaces?.net ?? null;
  const nets = mine.map((process) => process.namespaces?.net ?? null);
  if (mine.length === 0 || (init !== null && nets.every((net) => net === init))) return [];
  const source = sourceOf(input, 'processes');
  const what = `${labelOf(input, agent.instance)}network namespace of mycoSwarm`;
  const isOther = init !== null && nets.some((net) => net !== null && net !== init);
  return [
    notSeen(
      input,
      what,
      isOther
        ? 'it runs in a network of its own, as in a container; what it sends is forwarded, and that is not evaluated'
        : 'whether it is the one of this machine was not seen',
      source,
      isOther ? 'run mycoSwarm without a network of its own' : 'look at this node as administrator',
    ),
  ];
}

/**
 * Sockets that the agent did not open itself, as systemd passes them on (systemd.socket(5)): a packet carries the account that opened its
 * socket, so rules about the agent's do not hold it.
 */
function ofInherited(input: CheckInput, agent: Agent): Part[] {
  const { unit, pids } = agent.instance;
  const because = 'a socket that systemd opened for it is not held by rules about its account';
  const open = (seen(input, 'sockets')?.listening ?? [])
    .filter(
      (one) => one.pids.some((pid) => pids.includes(pid)) && agent.uid !== null && !agent.canBe(one.uid),
    )
    .map((one) => ({ what: socketText(one), source: sourceOf(input, 'sockets') }));
  const units = unit === null ? [] : (seen(input, 'units')?.units ?? []);
  const own = units.filter(({ name }) => name === unit);
  const named = own.flatMap(({ properties, text }) => [
    ...`${properties.TriggeredBy ?? ''} ${properties.Sockets ?? ''}`.split(/\s+/),
    ...[...text.matchAll(/^[ \t]*Sockets[ \t]*=(.*)$/gm)].flatMap((match) => (match[1] ?? '').split(/\s+/)),
  ]);
  const triggering = units
    .filter(({ name, load, properties, text }) => {
      if (!name.endsWith('.socket') || load === 'masked' || load === 'not-found') return false;
      const services = [...text.matchAll(/^[ \t]*Service[ \t]*=[ \t]*(\S+)/gm)].map((match) => match[1]);
      return (
        (properties.Triggers ?? '').split(/\s+/).includes(unit ?? '') ||
        services.includes(unit ?? '') ||
        (services.length === 0 && name.replace(/\.socket$/, '.service') === unit)
      );
    })
    .map(({ name }) => name);
  const sockets = [...new Set([...named.filter((name) => name.endsWith('.socket')), ...triggering])];
  return [
    ...open,
    ...sockets.map((name) => ({ what: `${name} for ${unit}`, source: sourceOf(input, 'units') })),
  ]
    .slice(0, 8)
    .map(({ what, source }) =>
      notSeen(
        input,
        `${labelOf(input, agent.instance)}${what}`,
        because,
        source,
        'let mycoSwarm open its sockets itself, without a .socket unit',
      ),
    );
}

/** Ways of an agent around packet rules that no rule can close. */
export function aroundParts(input: CheckInput, agent: Agent): Part[] {
  return [...ofProcesses(input, agent), ...ofPrograms(input, agent), ...ofInherited(input, agent)];
}
