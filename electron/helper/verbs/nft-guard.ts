import { Refused } from '../refused.ts';

/** Words that reach beyond a table, wherever they stand outside of quotes (nft(8)). */
const REACHING = new Set([
  'include',
  'define',
  'redefine',
  'undefine',
  'flush',
  'reset',
  'import',
  'export',
  'monitor',
  'list',
]);
const WORD = /[A-Za-z0-9_.:/-]+/y;

type Token = { kind: 'word'; text: string } | { kind: 'sign'; text: string } | { kind: 'string' };

/**
 * Splits nft text into words, signs and quoted strings; comments go. Refuses what the kernel's own scanner could read
 * otherwise than we do: characters beyond ASCII, backslashes, strings that do not end on their line.
 */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (sign === '#') {
      const end = text.indexOf('\n', at);
      const comment = text.slice(at, end < 0 ? text.length : end);
      if (/[^\t\x20-\x7e]/.test(comment) || comment.includes('\\')) throw unreadable(at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (sign === '"') {
      const end = text.indexOf('"', at + 1);
      if (end < 0 || /[^\x20-\x7e]|\\/.test(text.slice(at + 1, end))) throw unreadable(at);
      found.push({ kind: 'string' });
      at = end + 1;
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined) {
      found.push({ kind: 'word', text: word });
      at += word.length;
      continue;
    }
    if (sign === ' ' || sign === '\t') {
      at += 1;
      continue;
    }
    if (!/[\n;{}(),=<>!@&|^~*+]/.test(sign)) throw unreadable(at);
    found.push({ kind: 'sign', text: sign });
    at += 1;
  }
  return found;
}

function unreadable(at: number): Refused {
  return new Refused('bad-request', `The rules hold something at character ${at} that is not taken.`);
}

/**
 * Refuses `bad-request` unless `text` is nothing but statements about that one table: `table F N { … }`, `add table F N`,
 * `delete table F N`, `destroy table F N`. Inside the braces nothing may reach out of the table.
 */
export function guardTable(text: string, table: { family: string; name: string }): void {
  const list = tokens(text);
  let at = 0;
  let bodies = 0;
  const word = () => {
    const token = list[at++];
    return token?.kind === 'word' ? token.text : null;
  };
  const isSign = (index: number, ...signs: string[]) => {
    const token = list[index];
    return token?.kind === 'sign' && signs.includes(token.text);
  };
  while (at < list.length) {
    if (isSign(at, '\n', ';')) {
      at += 1;
      continue;
    }
    const first = word();
    const command = first === 'table' ? 'add' : first;
    if (command === null || !['add', 'delete', 'destroy'].includes(command)) throw outside(table);
    if (first !== 'table' && word() !== 'table') throw outside(table);
    if (word() !== table.family || word() !== table.name) throw outside(table);
    if (first === 'table' && isSign(at, '{')) {
      at = endOfBody(list, at, table);
      bodies += 1;
    }
    if (at < list.length && !isSign(at, '\n', ';')) throw outside(table);
  }
  if (bodies !== 1)
    throw new Refused('bad-request', `The rules have to be one table ${table.family} ${table.name}.`);
}

/** Index after the brace that closes the one at `at`. */
function endOfBody(list: readonly Token[], at: number, table: { family: string; name: string }): number {
  let depth = 0;
  for (let index = at; index < list.length; index += 1) {
    const token = list[index];
    if (token?.kind === 'word' && REACHING.has(token.text.toLowerCase())) throw outside(table);
    // A table inside a table is no table of ours.
    if (token?.kind === 'word' && token.text === 'table') throw outside(table);
    if (token?.kind !== 'sign') continue;
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (depth > 16) throw outside(table);
    if (depth === 0) return index + 1;
  }
  throw new Refused('bad-request', 'A brace in the rules is not closed.');
}

function outside(table: { family: string; name: string }): Refused {
  return new Refused(
    'bad-request',
    `The rules hold something other than the table ${table.family} ${table.name}; nothing was loaded.`,
  );
}
