import { readAnswer } from '#core/hosts/helper-channel-answer.ts';
import { type HelperLine, helperLine } from '#core/hosts/helper-channel-line.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { PauseAct, PauseAnswer } from '#shared/domain/helper/pause.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { SwarmNode } from '#shared/domain/node.ts';

/** What a node said, or why it said nothing, in words. */
export type BrakeEnd = { ok: true; answer: PauseAnswer } | { ok: false; why: string };

/** A connection that is kept is used every minute; it ends by itself that long after its console died. */
const IDLE_SECONDS = 150;
const LOGIN_MS = 20_000;

/** The shortest way to the helper of a node. It stays open, so that the brake needs no login when it is pulled. */
export interface BrakeLine {
  ask(act: PauseAct, timeoutMs: number): Promise<BrakeEnd>;
  /** Logs in where no connection is open, or shows that the one there is still answers. Nothing is changed; never throws. */
  keepOpen?(): Promise<void>;
  close(): Promise<void>;
}

/**
 * One constant line that is root already or becomes it without a question: a brake that waits for a password is none.
 * Unlike other changes it does not find out first which ways there are, for that hashes a runtime of 100 MB.
 */
export const BRAKE = [
  '/bin/sh',
  '-c',
  `if [ "$(id -u)" = 0 ]; then exec ${HELPER_PROGRAM}; else exec sudo -n -- ${HELPER_PROGRAM}; fi`,
] as const;

/** @param words for tests: what stands in for the helper */
export function openBrakeLine(
  { address, name }: SwarmNode,
  dataFolder: string,
  words: readonly string[] = BRAKE,
): BrakeLine {
  if (address.kind === 'recorded') {
    const why = 'This is a recording of a machine: nothing runs there.';
    return { ask: async () => ({ ok: false, why }), close: async () => undefined };
  }
  const line: HelperLine = helperLine(address, dataFolder, name, false, IDLE_SECONDS);
  return {
    async ask(what, timeoutMs) {
      const request = { version: HELPER_PROTOCOL, ask: 'pause', what } as const;
      const run = { words, input: `${JSON.stringify(request)}\n`, timeoutMs, maxBytes: 65_536 };
      let end = await line.run(run);
      // The connection that was kept had died unseen, as behind a node that slept. Asking twice does nothing twice.
      if (!end.ok && end.failure.kind === 'cut') end = await line.run(run);
      if (!end.ok) return { ok: false, why: `${end.failure.message} ${end.failure.next}`.trim() };
      if (end.printed.trim() === '') return { ok: false, why: whySilent(name, end.said) };
      const reply = readAnswer(request, end.printed, name);
      if (!reply.ok) return { ok: false, why: reply.failure.message };
      const { answer } = reply;
      if (answer.answer === 'pause') return { ok: true, answer };
      if (answer.answer === 'refused' && answer.refusal === 'bad-request')
        return { ok: false, why: OLD(name) };
      return { ok: false, why: answer.answer === 'refused' ? answer.message : OLD(name) };
    },
    async keepOpen() {
      if (address.kind === 'ssh')
        await line.run({ words: ['true'], input: '', timeoutMs: LOGIN_MS, maxBytes: 4_096 });
    },
    close: () => line.close(),
  };
}

const OLD = (name: string): string =>
  `The helper on ${name} is of an older version that cannot pause. Allow changes there anew to replace it.`;

function whySilent(name: string, said: string): string {
  if (/password is required|terminal is required|not allowed|may not run/i.test(said))
    return `sudo on ${name} asks for a password, and a brake cannot wait for one. Allow changes there with the sudo rule.`;
  return `No helper answers on ${name}. Allow changes on this node first, or stop it by hand: systemctl stop mycoswarm`;
}
