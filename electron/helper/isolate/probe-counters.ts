import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';
import { deleteTable } from '../verbs/nft-table.ts';
import { kernelRules } from './kernel-rules.ts';

/** One packet that is tried: nothing else on this machine has that port of its own. */
export interface CountedProbe {
  protocol: 'tcp' | 'udp';
  address: string;
  port: number;
  localPort: number;
}

/** How often a packet of a probe came to the rules, and how often it came out behind them. */
export interface ProbeCount {
  before: number;
  after: number;
}

const TABLES = [
  { family: 'inet', name: 'swarmkeep_probes' },
  { family: 'netdev', name: 'swarmkeep_probes' },
] as const;
/** Right before and right behind the rules of an isolation, which stand at -500. */
const [BEFORE, AFTER] = [-501, -499];

/**
 * Has the kernel count the packets of probes by their own port, before and behind the rules: of what others send meanwhile nothing counts. Behind is the
 * egress hook of each interface where there is one, so that what passes the first rules and meets the second ones is not counted as out.
 * @returns whether the kernel counts
 */
export function countProbes(
  machine: Machine,
  probes: readonly CountedProbe[],
  interfaces: readonly string[],
): boolean {
  const rules = probes
    .map(({ protocol, address, port, localPort }, index) => {
      const family = address.includes(':') ? 'ip6' : 'ip';
      return `    ${family} daddr ${address} ${protocol} sport ${localPort} ${protocol} dport ${port} counter comment "${index}"\n`;
    })
    .join('');
  const chain = (name: string, hook: string, priority: number) =>
    `  chain ${name} {\n    type filter hook ${hook} priority ${priority}; policy accept;\n${rules}  }\n`;
  const hooks = interfaces.map((device, index) => chain(`after${index}`, `egress device "${device}"`, AFTER));
  const inet = [
    chain('before', 'output', BEFORE),
    ...(hooks.length === 0 ? [chain('after', 'output', AFTER)] : []),
  ];
  const text = TABLES.map(({ family, name }, index) => {
    const body = (index === 0 ? inet : hooks).join('');
    const table = body === '' ? '' : `table ${family} ${name} {\n${body}}\n`;
    return `add table ${family} ${name}\ndelete table ${family} ${name}\n${table}`;
  }).join('');
  const input = Buffer.from(text, 'utf8');
  return runProgram(machine, { program: 'nft', arguments: ['-f', '-'], input }).status === 0;
}

/** @returns what was counted of each probe, in their order */
export function countedProbes(machine: Machine, count: number): ProbeCount[] {
  const rules = TABLES.flatMap((table) => kernelRules(machine, table));
  return Array.from({ length: count }, (_, index) => {
    const sum = (isBefore: boolean) =>
      rules
        .filter(({ comment, chain }) => comment === String(index) && (chain === 'before') === isBefore)
        .reduce((total, { packets }) => total + packets, 0);
    return { before: sum(true), after: sum(false) };
  });
}

/** Takes what counted away; not being there is fine. */
export function forgetProbes(machine: Machine): void {
  for (const table of TABLES) deleteTable(machine, table);
}
