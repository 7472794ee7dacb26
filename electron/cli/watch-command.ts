import { randomBytes } from 'node:crypto';
import type { LiveDelta } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { printableJson } from './json-text.ts';
import { openConsole } from './open-console.ts';
import { type Colour, type Paint, painter, type Terminal, wantsColour } from './terminal.ts';

export interface WatchOptions {
  query?: string | undefined;
  node?: string | undefined;
  json: boolean;
}

/** Characters of one line in the terminal; `--json` has all of it. */
const LONGEST_LINE = 2_048;

/**
 * `swarmkeep watch`: what logs say, as it comes, until it is stopped. With no console running it follows them itself.
 * @param signal ends it
 * @throws CommandFailure for a query that cannot be read, and when the records cannot be used
 */
export async function watch(
  place: Place,
  { query = '', node, json }: WatchOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const read = readQuery(query);
  if (!read.ok) throw usage(`The query cannot be read, at character ${read.at + 1}: ${read.message}`);
  const open = await openConsole({ ...place, terminal, watching: true });
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  try {
    const nodes = await open.client.nodes.list();
    const chosen = node === undefined ? undefined : nodeNamed(nodes, node, terminal).id;
    const names = new Map(nodes.map(({ id, name }) => [id, name]));
    const stream = randomBytes(12).toString('base64url');
    const show = (event: AuditEvent): unknown =>
      terminal.out.write(json ? `${printableJson(event)}\n` : `${lineOf(event, names, paint)}\n`);
    let newest = 0;
    let skipped = false;
    const messages = await open.client.audit.live(
      { stream, query, ...(chosen !== undefined && { node: chosen }) },
      { signal },
    );
    for await (const message of messages) {
      const events =
        message.kind === 'snapshot'
          ? message.value.events
          : message.kind === 'delta' && message.value.kind === 'events'
            ? message.value.events
            : [];
      if (message.kind === 'skipped') skipped = true;
      if (skipped && message.kind === 'snapshot') {
        skipped = false;
        terminal.error.write(
          notShown((events[0]?.number ?? 0) - newest - 1, query !== '' || chosen !== undefined),
        );
      }
      // A snapshot after a break says again what was shown.
      for (const event of events) {
        if (event.number <= newest) continue;
        newest = event.number;
        show(event);
      }
      if (message.kind === 'delta') aside(message.value, terminal, paint, json);
      if (message.kind !== 'skipped')
        await open.client.streams.acknowledge({ stream, number: message.number });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await open.close();
  }
  return EXIT.fine;
}

const SEVERITY: Readonly<Record<string, Colour>> = { error: 'red', warning: 'yellow', debug: 'dim' };

/** One line of the terminal: whatever the log says, no character of it moves the cursor or turns the text around. */
function lineOf(event: AuditEvent, names: ReadonlyMap<string, string>, paint: Paint): string {
  const text = visible((event.raw === '' ? event.message : event.raw).slice(0, LONGEST_LINE));
  const where = visible(names.get(event.node) ?? event.node);
  const colour = SEVERITY[event.severity ?? ''];
  const line = colour === undefined ? text : paint(colour, text);
  return `${paint('dim', `${event.at.slice(0, 19).replace('T', ' ')} ${where}`)} ${line}`;
}

/** @param atMost not all that lies between fits what was asked for */
function notShown(count: number, atMost: boolean): string {
  return count > 0
    ? `… ${atMost ? 'up to ' : ''}${count} more were not shown; they are in the records\n`
    : '';
}

/** What is no event goes to standard error: what was left out, also for a program that reads events, and alerts for a person. */
function aside(delta: LiveDelta, terminal: Terminal, paint: Paint, json: boolean): void {
  if (delta.kind === 'not-shown') terminal.error.write(notShown(delta.count, false));
  if (!json && delta.kind === 'alert' && delta.alert.state === 'new') {
    terminal.error.write(`${paint('red', alertLine(delta.alert))}\n`);
  }
}

function alertLine({ rule, entity, count }: Alert): string {
  const about = entity === '' ? '' : ` (${entity})`;
  return visible(`! ${rule.level}: ${rule.title}${about}${count > 1 ? `, ${count} times` : ''}`);
}
