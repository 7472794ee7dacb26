import type { Statement } from '../model.ts';
import { parseProtocol } from './protocols.ts';
import type { Option } from './rule-syntax.ts';
import { matchNumber, NEVER } from './statements.ts';
import { parseNetworks } from './values.ts';

function unmodelled({ name, negated, values }: Option): readonly Statement[] {
  return [{ kind: 'unmodelled', text: `${negated ? '! ' : ''}${name} ${values.join(' ')}`.slice(0, 300) }];
}

/** An interface; `+` at the end stands for any rest (iptables(8)), also for none at all. */
function readInterface(option: Option): readonly Statement[] {
  const name = option.values[0] ?? '';
  if (name === '+') return option.negated ? [NEVER] : [];
  // The model's own wildcard in a name would say something else.
  if (name === '' || name.includes('*')) return unmodelled(option);
  const pattern = name.endsWith('+') ? `${name.slice(0, -1)}*` : name;
  return [
    {
      kind: 'match',
      alternatives: [
        [
          {
            field: option.name === '-i' ? 'iifname' : 'oifname',
            values: { kind: 'names', patterns: [pattern] },
          },
        ],
      ],
      negated: option.negated,
    },
  ];
}

/** Reads what stands in front of the extensions: addresses, interfaces, the protocol, fragments. */
export function readBase(option: Option, version: 4 | 6): readonly Statement[] {
  const value = option.values[0] ?? '';
  switch (option.name) {
    case '-s':
    case '-d': {
      const networks = parseNetworks(value, version);
      return networks
        ? [matchNumber(option.name === '-s' ? 'saddr' : 'daddr', networks, option.negated)]
        : unmodelled(option);
    }
    case '-i':
    case '-o':
      return readInterface(option);
    case '-p': {
      const protocol = parseProtocol(value);
      if (protocol === 'all' && !option.negated) return [];
      return typeof protocol === 'bigint'
        ? [matchNumber('l4proto', [[protocol, protocol]], option.negated)]
        : unmodelled(option);
    }
    case '-f':
      // Second and further fragments; the packet of a question is whole.
      return option.negated ? [] : [NEVER];
    default:
      // -4 and -6 in a file for both programs: the other one passes such a rule over (iptables(8)).
      return option.name === (version === 4 ? '-4' : '-6') ? [] : [NEVER];
  }
}
