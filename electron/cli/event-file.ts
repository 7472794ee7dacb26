import { createReadStream, openSync } from 'node:fs';
import { JsonEvents, type ParsedEvent } from '#core/detection/sigma/events/json-events.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const PIECE = 1_048_576;

/**
 * Events of a file or of standard input, in groups as they are read; no more is kept in memory than a piece of the file.
 * @param file `-`: standard input
 * @param onFault told of text that is no event, which is passed over
 * @throws CommandFailure for what cannot be read
 */
export async function* eventsOf(
  file: string,
  onFault: (words: string) => void,
): AsyncGenerator<Iterable<ParsedEvent>> {
  const name = file === '-' ? 'standard input' : visible(file);
  const stream = file === '-' ? process.stdin : openFile(file, name);
  const events = new JsonEvents((fault) => onFault(`${name}: ${fault.message}`));
  try {
    for await (const bytes of stream as AsyncIterable<Uint8Array>) yield events.push(bytes);
    yield events.push(Buffer.from('\n'));
    events.end();
  } catch (error) {
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
