import { resolve } from 'node:path';
import { FORMAT_IDS, formatId } from '#shared/domain/audit/source.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

export interface IngestOptions {
  format?: string | undefined;
  node?: string | undefined;
  json: boolean;
}

/** Milliseconds between looks how far a file is. */
const LOOK_MS = 500;

/**
 * `swarmkeep ingest`: reads log files once, as if they had been followed. What was read of a file before is left out.
 * @param signal stops it: what was stored stays, and the next call goes on there
 * @returns 0 when all were read, 2 when one was not
 * @throws CommandFailure for a format or node that is not there
 */
export async function ingest(
  place: Place,
  files: readonly string[],
  { format = 'auto', node, json }: IngestOptions,
  terminal: Terminal,
  signal?: AbortSignal,
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
      if (signal?.aborted) {
        failed = true;
        break;
      }
      const end = beside(file, { node: id, path: resolve(file) });
      try {
        const read = await open.client.audit.ingest({ node: id, path: resolve(file), format: chosen });
        end();
        results.push({ file, ...read });
        const before = read.known > 0 ? `; ${counted(read.known, 'byte')} of it had been read before` : '';
        const words = `${linesOf(read)}, ${counted(read.events, 'event')}${before}`;
        if (!json) terminal.out.write(`${visible(file)}: ${words}\n`);
      } catch (error) {
        end();
        failed = true;
        const message = error instanceof Error ? error.message : 'It could not be read.';
        results.push({ file, error: message });
        // Most name the file themselves.
        const named = message.startsWith(file) || message.startsWith(resolve(file));
        terminal.error.write(`${named ? '' : `${visible(file)}: `}${visible(message)}\n`);
      }
    }
    if (json) terminal.out.write(asJson({ files: results }));
    else await tellOfAlerts();
    return failed ? EXIT.couldNot : EXIT.fine;
  } finally {
    await open.close();
  }

  /** Alerts wait on the page: who only reads what is printed here would never hear of them. */
  async function tellOfAlerts(): Promise<void> {
    const { newAlerts } = await open.client.audit.state();
    if (newAlerts === 0) return;
    const wait = newAlerts === 1 ? 'waits' : 'wait';
    terminal.out.write(
      `${counted(newAlerts, 'new alert')} ${wait} under Audit: ${commandName(terminal.environment)} serve\n`,
    );
  }

  /** Shows how far a file is, and stops it when it is asked to. @returns what ends both */
  function beside(file: string, what: { node: string; path: string }): () => void {
    const progress = progressLine(terminal.error);
    progress.show(`Reading ${file} …`);
    let asking = false;
    let ended = false;
    const look = async (): Promise<void> => {
      const reading = (await open.client.audit.ingested({ node: what.node })).find((entry) => entry.reading);
      if (reading?.reading && !ended) progress.show(`Reading ${file} … ${partOf(reading.reading)}`);
    };
    const timer = setInterval(() => {
      if (asking || terminal.error.isTTY !== true) return;
      asking = true;
      void look()
        .catch(() => undefined)
        .finally(() => {
          asking = false;
        });
    }, LOOK_MS);
    const stop = (): void => void open.client.audit.stopIngest(what).catch(() => undefined);
    signal?.addEventListener('abort', stop);
    return () => {
      ended = true;
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
      progress.clear();
    };
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

/** @returns how many lines were read, and as what */
function linesOf({ lines, format }: { lines: number; format: string | null }): string {
  if (format === null) return lines === 0 ? 'nothing to read' : counted(lines, 'line');
  return `${counted(lines, 'line')} as ${format}`;
}

/** @returns `12 of 480 MB` of a file, packed as it is */
function partOf({ bytes, of }: { bytes: number; of: number }): string {
  const megabytes = (count: number): string => (count / 1e6).toFixed(of < 1e7 ? 1 : 0);
  return `${megabytes(bytes)} of ${megabytes(of)} MB`;
}
