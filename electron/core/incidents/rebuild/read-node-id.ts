import type { ScriptHost } from '#core/hosts/host.ts';
import { quote } from '#core/hosts/quote.ts';

const LIMIT_MS = 10_000;
const MOST_BYTES = 4_096;
/** mycoSwarm 0.2.16 writes eight random bytes in hex; others may be longer, and a UUID has dashes. */
const NODE_ID = /^[0-9a-f]{4,64}(-[0-9a-f]{1,64}){0,8}$/i;

/**
 * Reads the file node_id of mycoSwarm on a node. It is opened without following a link at its end, and only its first line counts.
 * @param folders where installations of mycoSwarm keep their configuration, absolute
 * @returns the id of the first installation that has one; null when none could be read, or when it is no id
 */
export async function readNodeId(
  host: Pick<ScriptHost, 'run'>,
  folders: readonly string[],
): Promise<string | null> {
  const paths = folders.slice(0, 8).flatMap((folder) => {
    const quoted = quote(`${folder}/node_id`);
    return quoted.ok ? [quoted.text] : [];
  });
  if (paths.length === 0) return null;
  const script = `for file in ${paths.join(' ')}; do
  [ -f "$file" ] && [ ! -L "$file" ] && head -c 80 -- "$file" && printf '\\n'
done
exit 0
`;
  const chunks: Uint8Array[] = [];
  const ended = await host.run({
    script,
    sudo: true,
    timeoutMs: LIMIT_MS,
    maxStdoutBytes: MOST_BYTES,
    onOutput: (chunk) => void chunks.push(chunk),
  });
  if (!ended.ok) return null;
  const lines = Buffer.concat(chunks).toString('latin1').split('\n');
  return lines.map((line) => line.trim()).find((line) => NODE_ID.test(line) && line.length <= 80) ?? null;
}
