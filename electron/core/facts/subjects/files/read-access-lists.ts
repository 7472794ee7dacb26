import type { FileFact } from '#shared/domain/facts/files.ts';
import { decodePath } from '../../script/decode.ts';
import type { ScriptRecord } from '../../script/records.ts';
import { kindOfLetter } from './read-entries.ts';

/**
 * getfacl(1) output, names escaped as `\ooo`.
 * @returns entries beyond the mode bits by path
 */
export function readAcls(text: Buffer): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const block of text.toString('latin1').split('\n\n')) {
    const name = /^# file: (.*)$/m.exec(block)?.[1];
    if (name === undefined) continue;
    const path = decodePath(
      Buffer.from(
        name.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8) & 255),
        ),
        'latin1',
      ),
    );
    const entries = block
      .split('\n')
      .filter(
        (line) =>
          /^(?:default:)?(?:(?:user|group):[^:]{1,64}|mask:|default):/.test(line) || /^mask::/.test(line),
      )
      .map((line) => line.slice(0, 256));
    found.set(path, entries.slice(0, 64));
  }
  return found;
}

/** What `ls -b` writes: C escapes for what is not printable, and `\ ` for a space. */
function unescapeLs(text: string): string {
  const single: Record<string, string> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\u0007',
    b: '\b',
    f: '\f',
    v: '\v',
    e: '\u001b',
  };
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const octal = /^\\([0-7]{3})/.exec(text.slice(at, at + 4))?.[1];
    const next = text[at + 1] ?? '';
    if (octal) {
      bytes.push(Number.parseInt(octal, 8) & 255);
      at += 3;
    } else if (text[at] === '\\' && next) {
      bytes.push((single[next] ?? next).charCodeAt(0) & 255);
      at += 1;
    } else bytes.push(text.charCodeAt(at) & 255);
  }
  return decodePath(Buffer.from(bytes));
}

/** A line of `ls -ldnUb`: what it says of the entry, and whether an access list beyond the mode bits is on it. */
export interface LongLine {
  file: FileFact;
  marked: boolean;
}

function modeOf(letters: string): number {
  const bits = [...letters].reduce(
    (mode, letter, at) => mode | (/[rwxst]/.test(letter) ? 0o400 >> at : 0),
    0,
  );
  return (
    bits |
    (/[sS]/.test(letters[2] ?? '') ? 0o4000 : 0) |
    (/[sS]/.test(letters[5] ?? '') ? 0o2000 : 0) |
    (/[tT]/.test(letters[8] ?? '') ? 0o1000 : 0)
  );
}

/**
 * Reads a line of ls(1) in the C locale, `-rw-rw-r--+ 1 0 0 5 Nov 21 12:00 /path`.
 * @returns null for links, which carry no access list, and for what is no such line
 */
export function readLongLine(line: string): LongLine | null {
  const match =
    /^([-dpscb])([-rwxsStT]{9})([+.@ ]?)\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(?:\d{1,10},\s+)?(\d{1,16})\s+\S+\s+\S+\s+\S+\s(\/.*)$/s.exec(
      line,
    );
  if (!match || Number(match[5]) > 4_294_967_295 || Number(match[6]) > 4_294_967_295) return null;
  return {
    marked: match[3] === '+',
    file: {
      path: unescapeLs(match[8] ?? ''),
      kind: match[1] === '-' ? 'file' : kindOfLetter(match[1] ?? ''),
      mode: modeOf(match[2] ?? ''),
      uid: Number(match[5]),
      gid: Number(match[6]),
      size: Number(match[7]),
      modifiedAt: null,
      links: Number(match[4]),
      target: null,
      resolved: null,
      acl: null,
      attributes: null,
    },
  };
}

/**
 * Entries of walked trees that carry an access list (`C` lines), and whether all that were asked for were told.
 * @returns null when the list was cut, ended before its time, or was made by an ls(1) that shows no mark
 */
export function readMarked(record: ScriptRecord | undefined): FileFact[] | null {
  const lines = record?.fields[0]?.toString('latin1').split('\n') ?? [];
  const total = /^V (\d{1,3}) (\d{1,9}) (\d{1,9})$/.exec(
    lines.findLast((line) => line.startsWith('V ')) ?? '',
  );
  // Status 123 of xargs(1): a name vanished between the walk and the look at it.
  if (!total || !['0', '123'].includes(total[1] ?? '') || Number(total[2]) === 0) return null;
  const marked = lines.flatMap((line) =>
    line.startsWith('C ') ? (readLongLine(line.slice(2))?.file ?? []) : [],
  );
  return marked.length === Number(total[3]) ? marked : null;
}
