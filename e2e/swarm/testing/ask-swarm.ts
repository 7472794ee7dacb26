import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOKEN_PATH } from './dress-node.ts';
import type { SwarmRoom } from './swarm-room.ts';

/**
 * What tests ask of a swarm again and again.
 * @param room of the nodes, once it is open
 */
export function askSwarm(room: () => SwarmRoom) {
  let serial = 0;
  return {
    /** @returns a fresh folder for the records of a console */
    dataFolder(): string {
      serial += 1;
      const folder = join(room().folder, `console-${serial}`);
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    },
    /** @returns the secret in the file of each node */
    tokens: (): string[] => room().nodes.map((node) => node.run(`cat ${TOKEN_PATH}`).trim()),
    /** @returns what mycoSwarm on each node really takes: the HTTP status for the secret of its file, asked from inside */
    inForce: (): string[] =>
      room().nodes.map((node) =>
        node.run(
          `printf 'header = "X-Swarm-Token: %s"\\n' "$(cat ${TOKEN_PATH})" | curl -s -o /dev/null -w '%{http_code}' -K - http://127.0.0.1:7890/status`,
        ),
      ),
  };
}
