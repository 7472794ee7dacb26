import { z } from 'zod';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';

/** As much of libnftables-json(5) as it takes to see that there is nothing: chains and rules. */
const nftDump = z.object({
  nftables: z.array(
    z.looseObject({
      chain: z.looseObject({ policy: z.string().optional() }).optional(),
      rule: z.unknown().optional(),
    }),
  ),
});

/** True when a dump of nft has no rule and no chain that drops by itself; null when it cannot be read. */
function nftIsEmpty(text: string): boolean | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const dump = nftDump.safeParse(json);
  if (!dump.success) return null;
  return dump.data.nftables.every(
    (entry) => entry.rule === undefined && (entry.chain?.policy ?? 'accept') === 'accept',
  );
}

/** True when a listing of iptables-save(8) has no rule and no chain that drops by itself. */
function saveIsEmpty(text: string): boolean {
  return text
    .split('\n')
    .every(
      (line) => !/^\s*-[AI] /.test(line) && !(line.startsWith(':') && / (DROP|REJECT) /.test(`${line} `)),
    );
}

const emptiness = new WeakMap<object, { none: boolean | null }>();

/**
 * Whether the node provably has no packet rule at all: then nothing is stopped and nothing is translated, and addresses
 * alone decide. This is the one rule set that can be judged without evaluating rules.
 * @returns null when the rules could not be read completely
 */
export function noPacketRules(input: CheckInput): boolean | null {
  const firewall = seen(input, 'firewall');
  if (firewall === null) return null;
  const known = emptiness.get(firewall);
  if (known !== undefined) return known.none;
  const saved = firewall.saves.every((save) => saveIsEmpty(save.text));
  const nft = firewall.nftJson === null ? null : nftIsEmpty(firewall.nftJson);
  const active = firewall.managers.some(
    (manager) => manager.active === true && (manager.name === 'ufw' || manager.name === 'firewalld'),
  );
  const none = !saved || nft === false || active ? false : nft;
  emptiness.set(firewall, { none });
  return none;
}
