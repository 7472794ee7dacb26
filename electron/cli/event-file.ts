import { createReadStream, openSync } from 'node:fs';
import { EventFault, JsonEvents, type ParsedEvent } from '#core/detection/sigma/events/json-events.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const PIECE = 1_048_576;

/**
 * Events of a file or of standard input, in groups as they are read; no more is kept in memory than a piece of the file.
 * @param file `-`: standard input
 * @throws CommandFailure for what cannot be read, and for text that is no event
 */
export async function* eventsOf(file: string): AsyncGenerator<Iterable<ParsedEvent>> {
  const name = file === '-' ? 'standard input' : visible(file);
  const stream = file === '-' ? process.stdin : openFile(file, name);
  const events = new JsonEvents();
  try {
    for await (const bytes of stream as AsyncIterable<Uint8Array>) yield events.push(bytes);
    yield events.push(Buffer.from('\n'));
    events.end();
  } catch (error) {
    if (error instanceof EventFault) throw couldNot(`${name}: ${error.message}`);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EISDIR') throw couldNot(`${name} is a folder.`);
    if (code !== undefined) throw couldNot(`${name} could not be read (${code}).`);
    throw error;
  }
}

function openFile(file: string, name: string): AsyncIterable<Uint8Array> {
  try {
    return createReadStream(file, { fd: openSync(file, 'r'), highWaterMark: PIECE });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw couldNot(`There is no such file: ${name}`);
    throw couldNot(`${name} could not be opened (${code ?? 'unknown reason'}).`);
  }
}
