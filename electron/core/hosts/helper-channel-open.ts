import type { HelperRequest, HelperVerb } from '#shared/domain/helper/verbs.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { type HelperChannel, type HelperReply, helperFailure, type RunPassword } from './helper-channel.ts';
import { judgeAccess, readAccess } from './helper-channel-access.ts';
import { answerLimit, readAnswer } from './helper-channel-answer.ts';
import { ACCESS_SCRIPT, helperCommand } from './helper-channel-command.ts';
import { helperLine } from './helper-channel-line.ts';
import { passwordLines } from './helper-channel-password.ts';

/** The helper hashes itself and its runtime, which takes a small board or a busy machine many seconds. */
const ACCESS_WITHIN_MS = 150_000;
const ACCESS_MOST_BYTES = 65_536;
/** A person who types a password takes time. */
const PERSON_MS = 120_000;

export interface ChannelOptions {
  address: NodeAddress;
  nodeName: string;
  /** The console's own folder, with its known_hosts. */
  dataFolder: string;
  /** The password for this one run; answers null when none was given. Left out where nobody can be asked. */
  password?: RunPassword;
  /** Never share a connection. */
  fresh?: boolean;
  /** SHA-256 of the helper that this console carries. */
  bundle?: string | null;
}

/** What is fetched over a slow line takes its time. */
const FETCHES: ReadonlySet<HelperVerb> = new Set(['install-packages', 'install-updates', 'upgrade-packages']);

/** Milliseconds that the helper may take for a request. */
function timeLimit(request: HelperRequest): number {
  if (request.ask === 'compare') return request.steps.length * 120_000;
  if (request.ask !== 'do') return request.ask === 'hello' ? 60_000 : 120_000;
  return FETCHES.has(request.action.verb) ? 1_800_000 : 300_000;
}

/** @returns the channel to the helper of a node; nothing is started before it is asked */
export function openHelperChannel(options: ChannelOptions): HelperChannel {
  const { address, nodeName, dataFolder, password, bundle = null } = options;
  if (address.kind === 'recorded') return recordedChannel();
  const line = helperLine(address, dataFolder, nodeName, options.fresh === true);
  const passwordLine = passwordLines(line, nodeName, password);
  let known: Promise<HelperAccess> | null = null;

  async function find(): Promise<HelperAccess> {
    if (address.kind === 'local' && process.platform !== 'linux') {
      return nothing('Swarmkeep changes Linux machines only.');
    }
    const end = await line.run({
      words: ['/bin/sh', '-s'],
      input: ACCESS_SCRIPT,
      timeoutMs: ACCESS_WITHIN_MS,
      maxBytes: ACCESS_MOST_BYTES,
    });
    if (!end.ok) {
      known = null; // It may be there the next time.
      return { ...nothing(`${end.failure.message} ${end.failure.next}`.trim()), away: true };
    }
    const { DISPLAY, WAYLAND_DISPLAY } = process.env;
    const session = address.kind === 'local' && (DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined);
    return judgeAccess(readAccess(end.printed), {
      nodeName,
      session,
      canAskPassword: password !== undefined,
      bundle,
    });
  }

  const access = (): Promise<HelperAccess> => {
    known ??= find();
    return known;
  };

  const channel: HelperChannel = {
    access,
    async ask(request, { signal } = {}) {
      const { via, installed, outdated, words } = await access();
      if (via === 'none') return helperFailure(installed ? 'no-access' : 'not-installed', words, '');
      if (outdated && request.ask !== 'hello' && request.ask !== 'uninstall') {
        return helperFailure('outdated', words, 'Replace it first.');
      }
      const first = via === 'sudo-password' ? await passwordLine() : { ok: true as const, text: '' };
      if (!first.ok) return first;
      const end = await line.run({
        words: helperCommand(via, request),
        input: `${first.text}${JSON.stringify(request)}\n`,
        timeoutMs: timeLimit(request) + (via === 'pkexec' ? PERSON_MS : 0),
        maxBytes: answerLimit(request),
        signal,
      });
      if (!end.ok) return end;
      if (via === 'pkexec' && end.printed === '' && (end.exitCode === 126 || end.exitCode === 127)) {
        // pkexec(1), "Return value": 126 dismissed, 127 not authorized.
        return helperFailure(
          'dismissed',
          end.exitCode === 126
            ? `The question of ${nodeName} for an administrator's password was dismissed.`
            : `${nodeName} did not allow the helper to run as administrator.`,
          'Order it again and answer it.',
        );
      }
      if (end.printed.trim() === '' && /^sudo: /m.test(end.said)) {
        known = null;
        return helperFailure(
          'no-access',
          `sudo on ${nodeName} did not start the helper.`,
          'Look at its rules there: "Allow changes on this node" writes the one line that is needed.',
        );
      }
      const reply = readAnswer(request, end.printed, nodeName);
      if (via !== 'sudo-password' || !gotThePassword(reply)) return reply;
      // sudo did not ask after all: a rule was written meanwhile, or it was too slow to say so. Nothing was done.
      known = null;
      return (await access()).via === 'sudo-password' ? reply : channel.ask(request, { signal });
    },
    close: () => line.close(),
  };
  return channel;
}

/** The line for sudo stood ahead of the request, which then is no request. */
function gotThePassword(reply: HelperReply): boolean {
  return reply.ok && reply.answer.answer === 'refused' && reply.answer.refusal === 'bad-request';
}

function nothing(words: string): HelperAccess {
  return { via: 'none', installed: false, outdated: false, words: words.slice(0, 512) };
}

function recordedChannel(): HelperChannel {
  const words = 'This is a recording of a machine: there is nothing that could be changed.';
  return {
    access: async () => nothing(words),
    ask: async () => helperFailure('no-access', words, ''),
    close: async () => undefined,
  };
}
