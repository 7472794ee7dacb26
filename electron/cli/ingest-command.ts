import { resolve } from 'node:path';
import { FORMAT_IDS, formatId } from '#shared/domain/audit/source.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { commandName } from './command-name.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import { during, type Terminal } from './terminal.ts';

export interface IngestOptions {
  format?: string | undefined;
  node?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep ingest`: reads log files once, as if they had been followed. What was read of a file before is left out.
 * @returns 0 when all were read, 2 when one was not
 * @throws CommandFailure for a format or node that is not there
 */
export async function ingest(
  place: Place,
  files: readonly string[],
  { format = 'auto', node, json }: IngestOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const chosen = format === 'auto' ? 'auto' : formatId.safeParse(format).data;
  if (chosen === undefined) {
    throw usage(`There is no format ${visible(format)}.`, `These are: auto, ${FORMAT_IDS.join(', ')}.`);
  }
  const open = await openConsole({ ...place, terminal });
  try {
    const id = await nodeOf();
    const results: object[] = [];
    let failed = false;
    for (const file of files) {
      try {
        const read = await during(terminal, `Reading ${file} …`, () =>
          open.client.audit.ingest({ node: id, path: resolve(file), format: chosen }),
        );
        results.push({ file, ...read });
        const before = read.known > 0 ? `; ${counted(read.known, 'byte')} of it had been read before` : '';
        const words = `${counted(read.lines, 'line')} as ${read.format ?? 'nothing'}, ${counted(read.events, 'event')}${before}`;
        if (!json) terminal.out.write(`${visible(file)}: ${words}\n`);
      } catch (error) {
        failed = true;
        const message = error instanceof Error ? error.message : 'It could not be read.';
        results.push({ file, error: message });
        // Most name the file themselves.
        const named = message.startsWith(file) || message.startsWith(resolve(file));
        terminal.error.write(`${named ? '' : `${visible(file)}: `}${visible(message)}\n`);
      }
    }
    if (json) terminal.out.write(asJson({ files: results }));
    return failed ? EXIT.couldNot : EXIT.fine;
  } finally {
    await open.close();
  }

  async function nodeOf(): Promise<string> {
    const nodes = await open.client.nodes.list();
    if (node !== undefined) return nodeNamed(nodes, node, terminal).id;
    const local = nodes.find((entry) => entry.address.kind === 'local');
    if (local !== undefined) return local.id;
    throw couldNot(
      'This computer is not in the list of nodes.',
      `Add it with: ${commandName(terminal.environment)} node add --local. Or name a node with --node.`,
    );
  }
}
