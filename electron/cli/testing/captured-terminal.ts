import type { Terminal } from '../terminal.ts';

/** A terminal that keeps what is written, for tests. */
export function capturedTerminal(
  options: { tty?: boolean; errorTty?: boolean; environment?: NodeJS.ProcessEnv } = {},
) {
  const written = { out: '', error: '' };
  const isTTY = options.tty ?? false;
  const keep = (where: keyof typeof written, text: string) => {
    written[where] += text;
  };
  const terminal: Terminal = {
    out: { write: (text) => keep('out', text), isTTY, columns: 80 },
    error: { write: (text) => keep('error', text), isTTY: options.errorTty ?? false, columns: 80 },
    environment: options.environment ?? {},
    ask: async () => null,
    askHidden: async () => null,
  };
  return { terminal, written };
}
