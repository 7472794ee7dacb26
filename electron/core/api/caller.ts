/**
 * Who calls. A `renderer` is a page: the desktop window, or a tab of the web shell with its session. An
 * `operator-terminal` is a command of the same user: in this process, or over the 0600 socket.
 */
export interface Caller {
  kind: 'renderer' | 'operator-terminal';
  /** Tells callers apart for limits: a port, a session, the socket. Never a secret. */
  client: string;
  /** Of a command whose own terminal can be asked: a name that only it knows. */
  terminal?: string | undefined;
}

/** What every call knows besides its input. */
export interface CallContext {
  caller: Caller;
}

/** Where stacks go: the log of the shell, never an answer. */
export interface ErrorLog {
  /** @param what one line, from us and not from a caller */
  error(what: string, error: unknown): void;
}
