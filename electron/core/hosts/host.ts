import type { ErrorCode } from '#shared/contract/errors.ts';
import type { IdentityFacts } from '#shared/domain/facts/machine.ts';

/** Why a node could not be worked with; finer than the codes of the contract. */
export type HostFailure =
  | 'unreachable'
  | 'timed-out'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'login-refused'
  | 'connection-lost'
  | 'no-shell'
  | 'not-supported'
  | 'no-ssh-client'
  | 'damaged-recording'
  | 'cancelled';

/** An error of a host as a value: safe to show, and what to do next. */
export interface HostError {
  /** Code of the contract under which it crosses the border. */
  code: Extract<
    ErrorCode,
    'NODE_UNREACHABLE' | 'HOST_KEY_UNCONFIRMED' | 'HOST_KEY_CHANGED' | 'NOT_SUPPORTED_HERE' | 'NOT_ALLOWED'
  >;
  failure: HostFailure;
  message: string;
  next: string;
}

/** The open channel of a running script: its standard input. */
export interface ScriptChannel {
  /** Writes to the standard input of the script. Ignored after the end. */
  write(text: string): void;
  /** Closes standard input. The engine's scripts take this as "stop". */
  end(): void;
  /** Takes no more standard output until `resume`: what is full waits on the node. What came already is still handed over. */
  pause(): void;
  resume(): void;
}

export interface ScriptRun {
  /** POSIX sh, sent over standard input and never in an argument vector. */
  script: string;
  /**
   * Become root with `sudo -n` when the node allows it without a password; `$1` of the script is then `sudo`.
   * A host on which that is not offered runs the script as it is. `unless-refused`: for runs that begin again by themselves; after a node
   * refused, it is not tried by them for a quarter of an hour, for each try is a line in the log of that node.
   */
  sudo: boolean | 'unless-refused';
  /** The whole run is ended after this time. */
  timeoutMs: number;
  /** The run is ended when standard output is longer than this many bytes. */
  maxStdoutBytes: number;
  signal?: AbortSignal | undefined;
  /** Called with each piece of standard output. Must not throw. */
  onOutput(chunk: Buffer, channel: ScriptChannel): void;
}

export interface ScriptEnd {
  /** Exit status of the shell; null when it was killed. */
  exitCode: number | null;
  /** Standard error, at most 64 KiB. */
  stderr: string;
  /** It was ended because it printed more than `maxStdoutBytes`. */
  cut: boolean;
  tookMs: number;
}

export type ScriptResult = { ok: true; end: ScriptEnd } | { ok: false; error: HostError };

/** A node on which scripts can be run: one `run` is one round trip, over SSH one exec channel. */
export interface ScriptHost {
  kind: 'local' | 'ssh';
  run(request: ScriptRun): Promise<ScriptResult>;
  /**
   * Logs in for the run that comes next, so that it need not wait for that. To be called while another run is answering;
   * a host on which logging in costs nothing has no need of it. Never throws.
   * @param sudo as the next run will have it
   */
  open?(sudo: boolean): void;
  /** A better description of the hardware than scripts can give, where the host knows one; never throws. */
  hardware?(): Promise<IdentityFacts['hardware']>;
  /** Ends what still runs and closes the connection. Idempotent, never throws. */
  close(): Promise<void>;
}

/** A node that exists only as recorded facts. */
export interface RecordedHost {
  kind: 'recorded';
  /** Text of the recording, as `recordFacts` wrote it. */
  read(): Promise<{ ok: true; text: string } | { ok: false; error: HostError }>;
  close(): Promise<void>;
}

export type Host = ScriptHost | RecordedHost;

const CODE_OF: Record<HostFailure, HostError['code']> = {
  unreachable: 'NODE_UNREACHABLE',
  'timed-out': 'NODE_UNREACHABLE',
  'host-key-unknown': 'HOST_KEY_UNCONFIRMED',
  'host-key-changed': 'HOST_KEY_CHANGED',
  'login-refused': 'NODE_UNREACHABLE',
  'connection-lost': 'NODE_UNREACHABLE',
  'no-shell': 'NODE_UNREACHABLE',
  'not-supported': 'NOT_SUPPORTED_HERE',
  'no-ssh-client': 'NOT_SUPPORTED_HERE',
  'damaged-recording': 'NOT_ALLOWED',
  cancelled: 'NOT_ALLOWED',
};

/** A host error with the contract's code for its kind of failure. */
export function hostError(failure: HostFailure, message: string, next: string): HostError {
  return { code: CODE_OF[failure], failure, message, next };
}
