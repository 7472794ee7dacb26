import { WITH_PORTS } from '../../fields.ts';
import type { Statement } from '../../model.ts';
import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { match, matchNumber, numbers } from '../statements.ts';
import { parseNumber, parsePortList, parsePorts } from '../values.ts';

const FLAGS: ReadonlyMap<string, bigint> = new Map([
  ['FIN', 1n],
  ['SYN', 2n],
  ['RST', 4n],
  ['PSH', 8n],
  ['ACK', 16n],
  ['URG', 32n],
  ['ALL', 63n],
  ['NONE', 0n],
]);

function parseFlags(text: string): bigint | null {
  let bits = 0n;
  for (const name of text.split(',')) {
    const bit = FLAGS.get(name.toUpperCase()) ?? parseNumber(name, 255n);
    if (bit === null) return null;
    bits |= bit;
  }
  return bits;
}

const SYN_ONLY = match([numbers('tcpFlags', [[2n, 2n]], 23n)]);
const NOT_SYN_ONLY = match([numbers('tcpFlags', [[2n, 2n]], 23n)], true);

/** tcp, udp, udplite, sctp, dccp (xt_tcpudp.c, xt_sctp.c, xt_dccp.c): each option inverts by itself. */
export const readPorts: MatchReader = (extension, context) => {
  if (context.protocol === null || !WITH_PORTS.includes(context.protocol)) return null;
  const statements: Statement[] = [];
  for (const { name, negated, values } of extension.options) {
    if (
      name === '--sport' ||
      name === '--source-port' ||
      name === '--dport' ||
      name === '--destination-port'
    ) {
      const ports = parsePorts(values[0] ?? '');
      if (!ports) return null;
      statements.push(matchNumber(/^--s/.test(name) ? 'sport' : 'dport', [ports], negated));
    } else if (name === '--syn') statements.push(negated ? NOT_SYN_ONLY : SYN_ONLY);
    else if (name === '--tcp-flags') {
      const mask = parseFlags(values[0] ?? '');
      const set = parseFlags(values[1] ?? '');
      if (mask === null || set === null) return null;
      statements.push(match([numbers('tcpFlags', [[set, set]], mask)], negated));
    } else return null;
  }
  return statements;
};

const MULTIPORT = ['--sports', '--source-ports', '--dports', '--destination-ports', '--ports'];

/** multiport (xt_multiport.c): `--ports` holds when either port is in the list, and `!` turns the whole around. */
export const readMultiport: MatchReader = (extension, context) => {
  const option = onlyOption(extension, ...MULTIPORT);
  if (!option || !hasOnly(extension, MULTIPORT)) return null;
  if (context.protocol === null || !WITH_PORTS.includes(context.protocol)) return null;
  const ports = parsePortList(option.values[0] ?? '');
  if (!ports) return null;
  if (option.name !== '--ports')
    return [matchNumber(/^--s/.test(option.name) ? 'sport' : 'dport', ports, option.negated)];
  const alternatives = [[numbers('sport', ports)], [numbers('dport', ports)]];
  return [{ kind: 'match', alternatives, negated: option.negated }];
};
