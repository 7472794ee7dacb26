import { ADMINISTRATOR_WORDS, administratorInput } from './administrator-line.ts';
import type { RunPassword } from './helper-channel.ts';
import { hostError, type ScriptHost, type ScriptResult, type ScriptRun } from './host.ts';
import { localHardware } from './local-hardware.ts';
import { endedByUs, type ProcessRun, runProcess } from './run-process.ts';
import { tookNoPassword, WITH_SUDO } from './ssh.ts';

type Start = (program: string, args: readonly string[], script?: string) => ReturnType<typeof runProcess>;

/** Runs the script as whom it was ordered. */
async function runAs(
  administrator: RunPassword | undefined,
  { script }: Pick<ProcessRun, 'script'>,
  start: Start,
): ReturnType<typeof runProcess> {
  if (administrator === undefined) return start('/bin/sh', ['-s']);
  const input = administratorInput(administrator(), script);
  const [program = '', ...words] = ADMINISTRATOR_WORDS;
  const result = input === null ? null : await start(program, words, input);
  return result === null || tookNoPassword(result) ? start('/bin/sh', ['-c', WITH_SUDO]) : result;
}

/** What a script on this computer may know of our environment: nothing that a person could have put a secret in. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  HOME: '/',
};

/**
 * This computer as a node. Scripts run under the console's own account by `/bin/sh -s`; `sudo` is not tried here unless a person
 * ordered that, because a console on somebody's desktop must not become root by itself.
 * @param platform for tests; where it is not `linux` every run says that only SSH nodes work there
 * @param administrator a person ordered to look as administrator: the password of sudo, tried before; null where sudo asks for none
 */
export function localHost(
  platform: NodeJS.Platform = process.platform,
  administrator?: RunPassword,
): ScriptHost {
  const running = new Set<AbortController>();
  return {
    kind: 'local',
    async run(request: ScriptRun): Promise<ScriptResult> {
      if (platform !== 'linux') {
        return {
          ok: false,
          error: hostError(
            'not-supported',
            `This computer runs ${platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform}. Swarmkeep looks at Linux machines only.`,
            'Add a Linux node over SSH; everything works from here.',
          ),
        };
      }
      const closing = new AbortController();
      running.add(closing);
      const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
      const start = (program: string, args: readonly string[], script = request.script) =>
        runProcess({ ...request, program, arguments: args, script, environment: ENVIRONMENT, signal });
      const result = await runAs(request.sudo === true ? administrator : undefined, request, start);
      running.delete(closing);
      if (result.how === 'ended') return { ok: true, end: result.end };
      if (result.how === 'not-started') {
        const message = `The shell of this computer could not be started (${result.error.code ?? 'unknown error'}).`;
        return {
          ok: false,
          error: hostError('no-shell', message, 'Check that /bin/sh is there and can be executed.'),
        };
      }
      return { ok: false, error: endedByUs(result.how) };
    },
    hardware: async () => (platform === 'linux' ? localHardware() : null),
    async close() {
      for (const controller of running) controller.abort();
    },
  };
}
