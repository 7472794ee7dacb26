import { hostFor } from '#core/hosts/host-for.ts';
import { knock } from '#core/hosts/knock.ts';
import { knockFrom } from '../from-node.ts';

/** `node print-knocks.ts ADDRESS,PORT…`: knocks in both ways, and prints what came of it as JSON. */
const targets = process.argv.slice(2).map((word) => {
  const [address = '', port = ''] = word.split(',');
  return { address, port: Number(port) };
});
const host = hostFor({ kind: 'local' }, { dataFolder: '' });
if (host.kind === 'recorded') throw new Error('a recording cannot knock');
const [own, byNode] = [await knock(targets), await knockFrom(host, targets)];
await host.close();
process.stdout.write(`${JSON.stringify({ own, byNode })}\n`);
