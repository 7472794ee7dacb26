import { isIP, Socket } from 'node:net';

/**
 * What the probe's own process does: one connection, one word on standard output. It holds no right of root any more, and
 * refuses to start with one. Answers an exit status.
 */
export async function connectOnce(address: string, port: number, timeoutMs: number): Promise<number> {
  const bounded = isIP(address) !== 0 && port >= 1 && port <= 65_535 && timeoutMs >= 50 && timeoutMs <= 5_000;
  if (!bounded || process.getuid?.() === 0 || process.geteuid?.() === 0) return 64;
  const socket = new Socket();
  const word = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('ETIMEDOUT'), timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve('open');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code ?? 'unknown');
    });
    socket.connect({ host: address, port });
  });
  socket.destroy();
  process.stdout.write(`${word}\n`);
  return 0;
}
