import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `relay.ts ADDRESS PORT`: takes a listening socket from its parent, made in the parent's network, and leads every connection
 * to this address in the network that the relay was started in: a way in for one port, and none out. `drop` as a message cuts all.
 */
const [address = '', port = ''] = process.argv.slice(2);
const open = new Set<Socket>();

function lead(from: Socket): void {
  const to = connect({ host: address, port: Number(port) });
  for (const [one, other] of [
    [from, to],
    [to, from],
  ] as const) {
    open.add(one);
    one
      .on('error', () => undefined)
      .on('close', () => {
        open.delete(one);
        other.destroy();
      });
    one.pipe(other);
  }
}

process.on('message', (message, handle) => {
  if (message === 'drop') for (const socket of open) socket.destroy();
  else createServer(lead).listen(handle as Server);
});
process.on('disconnect', () => process.exit(0));
