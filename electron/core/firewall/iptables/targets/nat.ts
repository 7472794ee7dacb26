import type { Interval } from '../../interval.ts';
import type { NatTarget, Statement } from '../../model.ts';
import { type Extension, hasOnly, onlyOption } from '../rule-syntax.ts';
import { parseAddressRange, parsePorts } from '../values.ts';

/** `8080` or `8080-8090`; with `/` behind it (a base port) the model does not know which port a packet gets. */
function parsePortRange(text: string): Interval | null {
  return /^\d{1,5}(?:-\d{1,5})?$/.test(text) ? parsePorts(text.replace('-', ':')) : null;
}

/** The forms of an address with ports: IPv6 stands in brackets when ports follow. The groups are address and ports. */
const FORMS: Readonly<Record<4 | 6, readonly RegExp[]>> = {
  4: [/^([^:]*)(?::([^:]+))?$/],
  6: [/^():(\d[^:]*)$/, /^\[([^[\]]+)\](?::(.+))?$/, /^([^[\]]+)$/],
};

/** `address[-address][:port[-port]]` (iptables-extensions(8), DNAT and SNAT). */
function parseTarget(text: string, version: 4 | 6): NatTarget | null {
  const form = FORMS[version].find((one) => one.test(text));
  const [, addresses = '', ports] = form?.exec(text) ?? [];
  const address = parseAddressRange(addresses, version);
  const port = ports === undefined ? null : parsePortRange(ports);
  if ((addresses !== '' && !address) || (ports !== undefined && !port)) return null;
  return address || port ? { address, port } : null;
}

const RANDOM = ['--random', '--random-fully', '--persistent'];

/** DNAT, SNAT, MASQUERADE, REDIRECT (xt_nat.c, xt_MASQUERADE.c, xt_REDIRECT.c). `--random` only picks among what there is. */
export function readNatTarget(extension: Extension, version: 4 | 6): readonly Statement[] | null {
  const nat = (
    type: 'dnat' | 'snat' | 'masquerade' | 'redirect',
    target: NatTarget,
  ): readonly Statement[] => [{ kind: 'nat', type, entries: [{ conditions: [], target }] }];
  if (extension.options.some((option) => option.negated)) return null;
  if (extension.name === 'DNAT' || extension.name === 'SNAT') {
    const name = extension.name === 'DNAT' ? '--to-destination' : '--to-source';
    const option = onlyOption(extension, name);
    if (!option || !hasOnly(extension, [name, ...RANDOM])) return null;
    const target = parseTarget(option.values[0] ?? '', version);
    return target ? nat(extension.name === 'DNAT' ? 'dnat' : 'snat', target) : null;
  }
  if (!hasOnly(extension, ['--to-ports', ...RANDOM])) return null;
  const option = onlyOption(extension, '--to-ports');
  const port = option ? parsePortRange(option.values[0] ?? '') : null;
  if (option && !port) return null;
  return nat(extension.name === 'MASQUERADE' ? 'masquerade' : 'redirect', { address: null, port });
}
