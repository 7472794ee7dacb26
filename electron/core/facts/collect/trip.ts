import { randomBytes } from 'node:crypto';
import { type HostError, hostError, type ScriptChannel, type ScriptHost } from '#core/hosts/host.ts';
import type { ScriptOutput } from '../collector.ts';
import { type Frame, FrameReader } from './frames.ts';
import { type TripJob, tripScript } from './trip-script.ts';

const HELLO_MS = 15_000;
/** How much longer than its budget the slowest job may take to be ended and to say so. */
const GRACE_MS = 2_500;
const MAX_STDERR_BYTES = 65_536;
/** A login shell may greet; a node that only talks is no node. */
const MAX_NOISE_BYTES = 262_144;

/** The clocks are compared over a round trip and may be wrong by half of it; beyond this nothing is said. */
const MAX_SKEW_ERROR_MS = 1_000;

/** Under whom the script ran, and how the node's clock stood to ours. */
export interface TripHello {
  uid: number;
  /** It became root by `sudo -n`. */
  bySudo: boolean;
  /** Node's clock minus ours in milliseconds, the round trip halved; null when the node did not say. */
  skewMs: number | null;
}

export interface TripRequest {
  sudo: boolean;
  /** Multiplies the time that the node has to say hello; the jobs bring their own. 1 when left out. */
  patience?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Whether jobs may run as who we are there; where not, the trip ends well before any of them. */
  accepts?(hello: TripHello): boolean;
  /** Called when the node has let us in, before any job. */
  onHello?(hello: TripHello): void;
  /** Called once for each job, when it ended or was given up. */
  onJob(index: number, output: ScriptOutput, hello: TripHello): void;
}

/** What has arrived of one job. */
class JobState {
  readonly out: Buffer[] = [];
  readonly error: Buffer[] = [];
  outBytes = 0;
  errorBytes = 0;
  exitCode: number | null = null;
  ended = false;

  add(kind: 'o' | 'e', bytes: Buffer, limit: number): void {
    if (kind === 'o') {
      // A node that ignores its own limit is cut here: one byte more than allowed tells that it was.
      const room = limit + 1 - this.outBytes;
      if (room > 0) this.out.push(bytes.subarray(0, room));
      this.outBytes += Math.min(bytes.length, Math.max(room, 0));
    } else if (this.errorBytes < MAX_STDERR_BYTES) {
      this.error.push(bytes.subarray(0, MAX_STDERR_BYTES - this.errorBytes));
      this.errorBytes += bytes.length;
    }
  }

  output(limit: number, tookMs: number, givenUp: boolean): ScriptOutput {
    // 124 and 137 are how timeout(1) reports TERM and KILL.
    const timedOut = givenUp || this.exitCode === 124 || this.exitCode === 137;
    const cut = this.outBytes > limit;
    return {
      stdout: Buffer.concat(this.out).subarray(0, limit),
      stderr: Buffer.concat(this.error).toString('utf8'),
      exitCode: timedOut ? null : this.exitCode,
      timedOut,
      cut,
      tookMs,
    };
  }
}

function readClock(payload: string, before: number, after: number): number | null {
  if (!/^[0-9]{10,19}$/.test(payload) || after - before > 2 * MAX_SKEW_ERROR_MS) return null;
  // `date +%s%N` of busybox knows no nanoseconds and prints seconds only: good to half a second.
  const node = payload.length > 12 ? Number(payload.slice(0, -6)) : Number(payload) * 1_000 + 500;
  return Math.round((node - (before + after) / 2) * 10) / 10;
}

/**
 * Runs all jobs of one round trip in parallel on a node: one `host.run`, over SSH one exec channel.
 * @returns who we were there; or why the trip failed as a whole (a single job that fails is no such reason)
 */
export async function runTrip(
  host: ScriptHost,
  jobs: readonly TripJob[],
  request: TripRequest,
): Promise<{ ok: true; hello: TripHello } | { ok: false; error: HostError }> {
  const nonce = randomBytes(16).toString('hex');
  const reader = new FrameReader(nonce);
  const states = jobs.map(() => new JobState());
  const giveUp = new AbortController();
  const slowest = Math.max(0, ...jobs.map((job) => job.budgetMs));
  let hello: TripHello | null = null;
  let done = false;
  let lacks: string | null = null;
  let startedAt = 0;
  let overdue: 'hello' | 'jobs' | 'noise' | 'declined' | null = null;
  const helloMs = HELLO_MS * (request.patience ?? 1);
  let timer = setTimeout(() => abort('hello'), helloMs);

  function abort(why: typeof overdue): void {
    overdue ??= why;
    giveUp.abort();
  }
  function endJob(index: number, givenUp: boolean): void {
    const state = states[index];
    const job = jobs[index];
    if (!state || !job || !hello || state.ended) return;
    state.ended = true;
    request.onJob(index, state.output(job.maxBytes, performance.now() - startedAt, givenUp), hello);
  }
  function onTripFrame(frame: Frame, channel: ScriptChannel): void {
    if (frame.kind === 'hello' && !hello) {
      const [uid, mode] = frame.payload.split(' ');
      hello = { uid: Number(uid), bySudo: mode === 'sudo', skewMs: null };
      clearTimeout(timer);
      if (request.accepts?.(hello) === false) {
        abort('declined');
        return;
      }
      startedAt = performance.now();
      goAt = Date.now();
      timer = setTimeout(() => abort('jobs'), slowest + GRACE_MS);
      channel.write('go\n');
      request.onHello?.(hello);
    } else if (frame.kind === 'clock' && hello) {
      hello.skewMs = readClock(frame.payload, goAt, Date.now());
    } else if (frame.kind === 'done' && hello && !done) {
      done = true;
      channel.write('ok\n');
      channel.end();
    } else if (frame.kind === 'lacks') lacks = frame.payload.slice(0, 32);
  }
  let goAt = 0;
  function onOutput(chunk: Buffer, channel: ScriptChannel): void {
    for (const frame of reader.push(chunk)) {
      if (frame.job === null) {
        onTripFrame(frame, channel);
        continue;
      }
      const state = states[frame.job];
      const job = jobs[frame.job];
      if (!state || !job || state.ended) continue;
      if (frame.kind === 'o' || frame.kind === 'e') {
        state.add(frame.kind, Buffer.from(frame.payload, 'base64'), job.maxBytes);
      } else if (frame.kind === 'exit') state.exitCode = Number(frame.payload);
      else if (frame.kind === 'end') endJob(frame.job, false);
    }
    if (reader.noiseBytes > MAX_NOISE_BYTES) abort('noise');
  }

  const bytes = jobs.reduce((sum, job) => sum + job.maxBytes + MAX_STDERR_BYTES, 0);
  const result = await host.run({
    script: tripScript(nonce, jobs),
    sudo: request.sudo,
    timeoutMs: helloMs + slowest + 2 * GRACE_MS,
    maxStdoutBytes: Math.ceil(bytes * 1.4) + MAX_NOISE_BYTES + 1_048_576,
    signal: request.signal ? AbortSignal.any([request.signal, giveUp.signal]) : giveUp.signal,
    onOutput,
  });
  clearTimeout(timer);
  return conclude();

  function conclude(): { ok: true; hello: TripHello } | { ok: false; error: HostError } {
    if (request.signal?.aborted) {
      return {
        ok: false,
        error: hostError('cancelled', 'The look was cancelled.', 'Start it again when you like.'),
      };
    }
    if (hello && overdue === 'declined') return { ok: true, hello };
    if (hello && (done || overdue === 'jobs')) {
      for (const index of jobs.keys()) endJob(index, true);
      return { ok: true, hello };
    }
    if (lacks !== null) return noShell(`The node lacks the program ${lacks}.`);
    if (overdue === 'noise' || (result.ok && result.end.cut))
      return noShell('The node answers without end, and not as asked.');
    if (overdue === 'hello') {
      const message = 'The node let us in but did not answer in time.';
      return {
        ok: false,
        error: hostError('timed-out', message, 'Check that it is not overloaded, then look again.'),
      };
    }
    if (!result.ok) return result;
    if (!hello) return noShell('The node did not answer as a POSIX shell.');
    const message = 'The connection to the node broke off in the middle of the look.';
    return {
      ok: false,
      error: hostError(
        'connection-lost',
        message,
        'Check that it is awake and the network is up, then look again.',
      ),
    };
  }
}

function noShell(message: string): { ok: false; error: HostError } {
  return {
    ok: false,
    error: hostError('no-shell', message, 'Log in there by hand and check that /bin/sh and coreutils work.'),
  };
}
