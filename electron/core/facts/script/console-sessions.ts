/** Folder where systemd-logind keeps what it knows of each session; `emit` comes with the prelude. */
export const CONSOLE_SESSIONS = `emit own-session "$(sed -n 's#^.*/session-\\([A-Za-z0-9]*\\)\\.scope$#\\1#p' /proc/self/cgroup 2>/dev/null | head -n 1)"
emit sessions "$(grep -sH -E '^(USER|CLASS|STATE|SERVICE|TTY|REMOTE_HOST)=' /run/systemd/sessions/*[0-9] 2>/dev/null | head -c 262144)"`;

/** Values of a session by name. */
export type SessionValues = ReadonlyMap<string, string>;

/**
 * @param text what {@link CONSOLE_SESSIONS} printed as `sessions`
 * @returns sessions by their id
 */
export function readSessions(text: string): Map<string, SessionValues> {
  const files = new Map<string, Map<string, string>>();
  for (const line of text.split('\n')) {
    const match = /^\/run\/systemd\/sessions\/([A-Za-z0-9]+):([A-Z_]+)=(.*)$/.exec(line);
    if (!match) continue;
    const values = files.get(match[1] ?? '') ?? new Map<string, string>();
    values.set(match[2] ?? '', match[3] ?? '');
    files.set(match[1] ?? '', values);
  }
  return files;
}

/**
 * Sessions over SSH that are this console's own: the one that looks, and those of the same account from the same address that have no
 * terminal either, by which it follows logs. Somebody who works there has a terminal.
 * @param own id of the session that looks; empty where it has none
 * @returns ids; none where the look is no session over SSH
 */
export function consoleSessions(sessions: ReadonlyMap<string, SessionValues>, own: string): Set<string> {
  const ours = sessions.get(own);
  if (ours === undefined || !isRemoteCommand(ours)) return new Set();
  const alike = [...sessions].filter(
    ([, values]) =>
      isRemoteCommand(values) && ['USER', 'REMOTE_HOST'].every((name) => values.get(name) === ours.get(name)),
  );
  return new Set(alike.map(([id]) => id));
}

const isRemoteCommand = (values: SessionValues): boolean =>
  values.get('SERVICE') === 'sshd' &&
  (values.get('TTY') ?? '') === '' &&
  (values.get('REMOTE_HOST') ?? '') !== '';
