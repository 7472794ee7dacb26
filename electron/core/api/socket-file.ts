import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';

/** `sun_path` of unix(7) holds 108 bytes with its end on Linux, 104 on macOS. */
const LONGEST_PATH = 103;

/**
 * Listens on a socket that only this user can reach. Who may connect is decided by the kernel: connecting needs write
 * permission on the socket (0600) and passage through its folder (0700), unix(7). The folder is what closes the moment
 * between bind(2) and chmod(2). A socket that a console left behind when it was killed is removed, a living one is not.
 * @throws Error when the folder is not closed to others, the path is too long, or somebody listens there
 */
export async function listenOnSocketFile(server: Server, path: string): Promise<void> {
  if (process.platform === 'win32') throw new Error('There is no local socket on Windows.');
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Error('The path of the data folder is too long for a socket; choose a shorter one.');
  }
  const folder = lstatSync(dirname(path));
  if (!folder.isDirectory() || folder.uid !== process.getuid?.() || (folder.mode & 0o077) !== 0) {
    throw new Error('The folder of the socket must belong to this user and be closed to all others.');
  }
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await isAlive(path)) throw new Error('Another console listens there already.');
    if (!lstatSync(path).isSocket()) throw new Error('In place of the socket there is another file.');
    rmSync(path);
    await listen(server, path);
  }
  chmodSync(path, 0o600);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Whether somebody accepts connections on a socket. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
