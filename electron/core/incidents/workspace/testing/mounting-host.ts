import type { ScriptHost } from '#core/hosts/host.ts';
import { localHost } from '#core/hosts/local.ts';
import { runProcess } from '#core/hosts/run-process.ts';

/**
 * This computer as a node on which an empty file system is mounted at a place. It is so for the scripts alone, in a mount namespace of
 * their own; needs root.
 */
export function mountingHost(place: string): ScriptHost {
  return {
    ...localHost(),
    async run(request) {
      const result = await runProcess({
        ...request,
        program: '/usr/bin/unshare',
        arguments: ['-m', '/bin/sh', '-c', 'mount -t tmpfs none "$1" && exec /bin/sh -s', 'sh', place],
        environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/' },
      });
      if (result.how !== 'ended') throw new Error(`The script ${result.how}`);
      return { ok: true, end: result.end };
    },
  };
}
