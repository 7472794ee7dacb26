import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeAddress } from '#shared/domain/node.ts';
import { type HelperFailure, helperFailure } from './helper-channel.ts';
import { remoteLine } from './helper-channel-command.ts';
import { runProcess } from './run-process.ts';
import { makeControlFolder } from './ssh.ts';
import { sshFailure } from './ssh-failure.ts';
import { sshArguments, sshEnvironment } from './ssh-options.ts';

/** One constant command on a node, with what goes to its standard input. */
export interface LineRun {
  words: readonly string[];
  input: string;
  /** Goes to standard input behind `input`. */
  inputFile?: string | undefined;
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

export type LineEnd =
  | { ok: true; exitCode: number | null; printed: string; said: string }
  | { ok: false; failure: HelperFailure };

/** Starts constant commands on one node: here directly, elsewhere over SSH. */
export interface HelperLine {
  run(request: LineRun): Promise<LineEnd>;
  close(): Promise<void>;
}

/** What programs started here may know of our environment; pkexec finds the session's agent by the display. */
function localEnvironment(): NodeJS.ProcessEnv {
  const { DISPLAY, WAYLAND_DISPLAY, XAUTHORITY, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS } = process.env;
  const session = { DISPLAY, WAYLAND_DISPLAY, XAUTHORITY, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS };
  const known = Object.entries(session).filter(([, value]) => value !== undefined);
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/', ...Object.fromEntries(known) };
}

/** What OpenSSH says before it is connected; after anything else the command may have begun. */
const NOT_CONNECTED =
  /ssh: connect to host|Could not resolve hostname|Permission denied|Host key verification failed|host key is known|REMOTE HOST IDENTIFICATION|kex_exchange_identification|Too many authentication failures/i;

/**
 * @param fresh never share a connection: whoever answers did so over a new one (ssh_config(5), `ControlPath=none`)
 * @param idleSeconds how long the shared connection stays that nobody uses; 30 when left out
 */
export function helperLine(
  address: Extract<NodeAddress, { kind: 'local' | 'ssh' }>,
  dataFolder: string,
  nodeName: string,
  fresh: boolean,
  idleSeconds?: number,
): HelperLine {
  const closing = new AbortController();
  const shared = address.kind === 'ssh' && !fresh && process.platform !== 'win32';
  let folder: Promise<string> | null = null;

  async function start(words: readonly string[]): Promise<{ program: string; args: string[] } | string> {
    if (address.kind === 'local') {
      const [program = '', ...args] = words;
      return { program, args };
    }
    if (shared) folder ??= makeControlFolder();
    const built = sshArguments(
      address,
      dataFolder,
      folder === null ? null : join(await folder, 'm'),
      idleSeconds,
    );
    if (!built.ok) return built.message;
    return { program: 'ssh', args: [...built.arguments, '--', address.host, remoteLine(words)] };
  }

  return {
    async run({ words, input, inputFile, timeoutMs, maxBytes, signal }) {
      const started = await start(words);
      if (typeof started === 'string') return helperFailure('away', started, 'Choose another path.');
      const printed: Buffer[] = [];
      const result = await runProcess({
        program: started.program,
        arguments: started.args,
        environment: address.kind === 'local' ? localEnvironment() : sshEnvironment(),
        script: input,
        endInput: true,
        inputFile,
        timeoutMs,
        maxStdoutBytes: maxBytes,
        signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
        onOutput: (chunk) => printed.push(chunk),
      });
      if (result.how === 'not-started') {
        return helperFailure(
          'no-access',
          `The program ${words[0] ?? ''} could not be started on ${nodeName}.`,
          'Check that it is installed and can be executed.',
        );
      }
      if (result.how === 'cancelled') {
        return helperFailure('cancelled', 'It was stopped.', 'Start it again when you like.', true);
      }
      if (result.how === 'timed-out') {
        return helperFailure(
          'timed-out',
          `${nodeName} did not answer in time.`,
          'Check that it is awake and not overloaded.',
          true,
        );
      }
      const { exitCode, stderr, cut } = result.end;
      if (cut) {
        return helperFailure('bad-answer', `The helper on ${nodeName} said more than it may.`, '', true);
      }
      if (address.kind === 'ssh' && exitCode === 255) {
        const { message, next } = sshFailure(stderr, nodeName, result.receivedBytes > 0);
        if (result.receivedBytes === 0 && NOT_CONNECTED.test(stderr))
          return helperFailure('away', message, next);
        return helperFailure('cut', `The connection to ${nodeName} broke off.`, next, true);
      }
      return { ok: true, exitCode, printed: Buffer.concat(printed).toString('utf8'), said: stderr };
    },
    async close() {
      closing.abort();
      if (folder === null || address.kind !== 'ssh') return;
      const path = await folder.catch(() => null);
      folder = null;
      if (path === null) return;
      const built = sshArguments(address, dataFolder, join(path, 'm'));
      if (built.ok) {
        await runProcess({
          program: 'ssh',
          arguments: [...built.arguments, '-O', 'exit', '--', address.host],
          environment: sshEnvironment(),
          script: '',
          timeoutMs: 3_000,
          maxStdoutBytes: 65_536,
          onOutput: () => undefined,
        });
      }
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}
