import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMINISTRATOR_LINE, administratorInput } from './administrator-line.ts';
import type { RunPassword } from './helper-channel.ts';
import { type HostError, hostError, type ScriptHost, type ScriptResult, type ScriptRun } from './host.ts';
import { resolveName } from './resolve-name.ts';
import { endedByUs, type ProcessEnd, runProcess, type StartedProcess, startProcess } from './run-process.ts';
import { sshFailure } from './ssh-failure.ts';
import { type SshAddress, sshArguments, sshEnvironment } from './ssh-options.ts';
import { REFUSED, SudoMemory } from './sudo-memory.ts';

/** Any login shell (bash, zsh, fish, csh) reads these words alike. The script itself comes over standard input. */
const PLAIN = 'exec /bin/sh -s';

/**
 * The same as root where `sudo -n` needs no password. `sudo -l` would ask about the account and be logged; trying the very
 * command that is needed answers the only question there is. `timeout` guards against a sudo that waits for a directory
 * service: it leaves room for one name that no server answers (10 s, resolv.conf(5)) and ends before the node's time to say hello.
 */
export const WITH_SUDO =
  'exec /bin/sh -c \'PATH=/usr/bin:/bin:/usr/sbin:/sbin; id=$(id -u); [ "$id" -eq 0 ] && exec /bin/sh -s; ' +
  'timeout -k 1 12 sudo -n /bin/sh -c : </dev/null >/dev/null 2>&1 && exec sudo -n /bin/sh -s sudo; ' +
  `echo ${REFUSED} >&2; ` +
  "exec /bin/sh -s'";

/** How a script is run there: under the account, as root where that needs no password, or as root by a password. */
type Way = 'plain' | 'sudo' | 'password';

const LINES: Readonly<Record<Way, string>> = { plain: PLAIN, sudo: WITH_SUDO, password: ADMINISTRATOR_LINE };

/** Longest path of a Unix socket, less what ssh appends while it makes one (sun_path is 104 bytes on macOS). */
const MAX_SOCKET_PATH = 80;

/** sudo did not start the shell, or not by the password: then the script is run as it can be without one, as everywhere else. */
export function tookNoPassword(result: ProcessEnd): boolean {
  return (
    result.how === 'ended' && result.receivedBytes === 0 && ![0, 255, null].includes(result.end.exitCode)
  );
}

/** @returns a new folder (0700) for the socket of a shared connection, short enough for one */
export async function makeControlFolder(): Promise<string> {
  const folder = tmpdir();
  const short = folder.length + '/swarmkeep-XXXXXX/m'.length <= MAX_SOCKET_PATH ? folder : '/tmp';
  return mkdtemp(join(short, 'swarmkeep-')); // mkdtemp(3) makes it 0700
}

/**
 * A node over the system's OpenSSH. The first run connects; later runs share the connection (ControlMaster), so that each
 * costs one exec channel. No prompt can appear. The connection ends with `close`, or 30 s after the console died.
 * @param address from the node's settings, already validated
 * @param dataFolder folder of the console with its own known_hosts
 * @param administrator the password of sudo there, tried before, for runs that ask for `sudo`; it is held by whoever made it
 */
export function sshHost(address: SshAddress, dataFolder: string, administrator?: RunPassword): ScriptHost {
  const label = address.port === 22 ? address.host : `${address.host}, port ${address.port}`;
  const multiplexed = process.platform !== 'win32';
  const running = new Set<AbortController>();
  let controlFolder: Promise<string> | undefined;
  let resolved: ReturnType<typeof resolveName> | undefined;
  /** How to call ssh, once a run has found out. */
  let known: readonly string[] | null = null;
  let opened: { way: Way; process: StartedProcess } | null = null;
  const memory = new SudoMemory();

  async function commandLine(): Promise<{ ok: true; arguments: string[] } | { ok: false; error: HostError }> {
    let controlPath: string | null = null;
    if (multiplexed) {
      controlFolder ??= makeControlFolder();
      controlPath = join(await controlFolder, 'm');
    }
    const built = sshArguments(address, dataFolder, controlPath);
    if (built.ok) return built;
    return { ok: false, error: hostError('not-supported', built.message, 'Choose another path.') };
  }

  function call(options: readonly string[], way: Way) {
    return {
      program: 'ssh',
      arguments: [...options, '--', address.host, LINES[way]],
      environment: sshEnvironment(),
    };
  }

  function wayOf(sudo: boolean): Way {
    if (!sudo) return 'plain';
    return administratorInput(administrator?.() ?? null, '') === null ? 'sudo' : 'password';
  }

  /** What was opened for such a run, if it is still there. */
  function takeOpened(way: Way): StartedProcess | undefined {
    if (opened?.way !== way || !opened.process.isAlive()) return undefined;
    const { process } = opened;
    opened = null;
    return process;
  }

  return {
    kind: 'ssh',
    open(sudo) {
      // Without a shared connection it would be a login of its own, to be refused a second time.
      if (!multiplexed || known === null || opened !== null) return;
      const way = wayOf(sudo);
      opened = { way, process: startProcess(call(known, way)) };
    },
    async run(request: ScriptRun): Promise<ScriptResult> {
      const line = await commandLine();
      if (!line.ok) return line;
      const closing = new AbortController();
      running.add(closing);
      const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
      // ConnectTimeout= begins when the address is known, and a silent name server may keep ssh waiting for half a minute.
      resolved ??= resolveName(address.host, signal);
      const found = await resolved;
      if (!found.ok) {
        resolved = undefined;
        running.delete(closing);
        return found;
      }
      known = line.arguments;
      const sudo = memory.asks(request.sudo);
      let way = wayOf(sudo);
      const first = way === 'password' ? administratorInput(administrator?.() ?? null, request.script) : null;
      const wanted = { ...request, ...call(line.arguments, way), script: first ?? request.script, signal };
      const ready = takeOpened(way);
      let result = await runProcess(wanted, ready);
      // It died before the script came to it: nobody there has answered anything. A password is not tried a second time.
      if (ready && way !== 'password' && result.how === 'ended' && result.receivedBytes === 0)
        result = await runProcess(wanted);
      if (way === 'password' && tookNoPassword(result)) {
        way = 'sudo';
        result = await runProcess({ ...request, ...call(line.arguments, way), signal });
      }
      running.delete(closing);
      if (result.how === 'not-started') {
        const message = 'The program ssh was not found on this computer.';
        return {
          ok: false,
          error: hostError('no-ssh-client', message, 'Install the OpenSSH client and try again.'),
        };
      }
      if (result.how !== 'ended') return { ok: false, error: endedByUs(result.how) };
      if (result.end.exitCode === 255) {
        return { ok: false, error: sshFailure(result.end.stderr, label, result.receivedBytes > 0) };
      }
      return { ok: true, end: memory.heard(result.end, way === 'sudo') };
    },
    async close() {
      for (const controller of running) controller.abort();
      opened?.process.discard();
      opened = null;
      if (!controlFolder) return;
      const folder = await controlFolder.catch(() => null);
      controlFolder = undefined;
      if (folder === null) return;
      const built = sshArguments(address, dataFolder, join(folder, 'm'));
      if (built.ok) {
        await runProcess({
          program: 'ssh',
          arguments: [...built.arguments, '-O', 'exit', '--', address.host],
          environment: sshEnvironment(),
          script: '',
          timeoutMs: 3_000,
          maxStdoutBytes: 65_536,
          onOutput: () => {},
        });
      }
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}
