import type {
  BaseChain,
  Chain,
  ReadError,
  Rule,
  Statement,
  Table,
  TableFamily,
  TableSource,
} from '../model.ts';
import { findCircle } from './circles.ts';
import { type ParsedRule, parseRule } from './parse-rule.ts';
import { parseProtocol } from './protocols.ts';
import { readBase } from './read-base.ts';
import { readMatch } from './read-matches.ts';
import { isTargetName, readTarget } from './read-target.ts';
import { matchNumber } from './statements.ts';
import { TABLES } from './tables.ts';
import { type Token, tokenize } from './tokenize.ts';

interface Line {
  readonly number: number;
  readonly text: string;
  readonly parsed: ParsedRule;
}

interface DraftChain {
  base: BaseChain | null;
  lines: Line[];
}

const MOST_TEXT = 2_000;

/** Names that iptables takes for a chain (xshared.c, assert_valid_chain_name), and no blanks or quotes. */
function isChainName(name: string): boolean {
  return /^[^\s"!-][^\s"]{0,254}$/.test(name);
}

/** One `*table … COMMIT` of a listing while it is being read. */
export class TableBuilder {
  readonly #source: TableSource;
  readonly #family: TableFamily;
  readonly #name: string;
  readonly #chains = new Map<string, DraftChain>();
  #nextId: number;

  constructor(source: TableSource, family: 'ip' | 'ip6', name: string, firstId: number) {
    this.#source = source;
    this.#family = family;
    this.#name = name;
    this.#nextId = firstId;
    // A table has its built-in chains whether a file names them or not.
    for (const [chain, base] of TABLES.get(name)?.chains ?? []) this.#chains.set(chain, { base, lines: [] });
  }

  /** How many rules were read, counted from the first id. */
  get nextId(): number {
    return this.#nextId;
  }

  get #version(): 4 | 6 {
    return this.#family === 'ip6' ? 6 : 4;
  }

  /** Reads a line that declares a chain (`:INPUT DROP [0:0]`) or adds a rule (`[0:0] -A INPUT …`). */
  read(line: string, number: number): ReadError | null {
    return line.startsWith(':') ? this.#declare(line, number) : this.#add(line, number);
  }

  #declare(line: string, number: number): ReadError | null {
    const match = /^:(\S+)[ \t]+(ACCEPT|DROP|-)(?:[ \t]+\[\d{1,20}:\d{1,20}\])?$/.exec(line);
    const name = match?.[1] ?? '';
    if (!match || !isChainName(name)) return badLine(number, 'declares no chain');
    if (isTargetName(name)) return badLine(number, 'declares a chain with the name of a target');
    const layout = TABLES.get(this.#name)?.chains.get(name);
    const policy = match[2] === 'DROP' ? 'drop' : 'accept';
    if ((match[2] === '-') === (layout !== undefined))
      return badLine(
        number,
        layout ? 'has no policy for a built-in chain' : 'has a policy for a chain that has none',
      );
    const chain = this.#chains.get(name);
    if (layout && chain) chain.base = { ...layout, policy };
    else if (chain) return badLine(number, 'declares a chain a second time');
    else this.#chains.set(name, { base: null, lines: [] });
    return null;
  }

  #add(line: string, number: number): ReadError | null {
    const text = line.replace(/^\[\d{1,20}:\d{1,20}\][ \t]*/, '');
    const tokens = tokenize(text);
    if (!tokens) return badLine(number, 'has a quote that is not closed, or too many words');
    const [command, name, ...rest] = tokens;
    if (command && /^(?:-N|--new-chain)$/.test(command.text) && name && rest.length === 0)
      return this.#declare(`:${name.text} -`, number);
    const isInsert = /^(?:-I|--insert)$/.test(command?.text ?? '');
    if (!command || !name || (!isInsert && !/^(?:-A|--append)$/.test(command.text)))
      return badLine(number, 'is neither a chain nor a rule to append or insert');
    const chain = this.#chains.get(name.text);
    if (!chain) return unknownChain(number, name.text);
    let words: Token[] = rest;
    let place = chain.lines.length;
    if (isInsert) {
      const asked = /^\d{1,6}$/.test(rest[0]?.text ?? '') ? Number(rest[0]?.text) : null;
      if (asked !== null) words = rest.slice(1);
      place = (asked ?? 1) - 1;
      if (place < 0 || place > chain.lines.length)
        return badLine(number, 'inserts a rule where there is no place');
    }
    const parsed = parseRule(words);
    if ('error' in parsed) return badLine(number, `is no rule: ${parsed.error}`);
    chain.lines.splice(place, 0, { number, text: text.slice(0, MOST_TEXT), parsed });
    this.#nextId += 1;
    return null;
  }

  /** Ends the table: its chains with their rules, and the first id that is free behind them. */
  finish(): { readonly table: Table; readonly nextId: number } | { readonly error: ReadError } {
    const chains = new Map<string, Chain>();
    let id = this.#nextId;
    for (const draft of this.#chains.values()) id -= draft.lines.length;
    for (const [name, draft] of this.#chains) {
      const rules: Rule[] = [];
      for (const line of draft.lines) {
        const statements = this.#statements(line);
        if ('unknownChain' in statements)
          return { error: unknownChain(line.number, statements.unknownChain) };
        rules.push({ id, text: line.text, handle: null, statements });
        id += 1;
      }
      chains.set(name, { name, base: draft.base, rules });
    }
    const circle = findCircle(chains);
    if (circle !== null)
      return {
        error: { code: 'circle', message: `Chain ${circle} of table ${this.#name} jumps in a circle.` },
      };
    return {
      table: { source: this.#source, family: this.#family, name: this.#name, chains, dormant: false },
      nextId: this.#nextId,
    };
  }

  #statements({ parsed }: Line): readonly Statement[] | { readonly unknownChain: string } {
    const asked = parsed.base.find(({ name, negated }) => name === '-p' && !negated);
    const protocol = asked ? parseProtocol(asked.values[0] ?? '') : null;
    const context = { version: this.#version, protocol: typeof protocol === 'bigint' ? protocol : null };
    // The protocol comes first: ports and ICMP types depend on it.
    const base = [...parsed.base].sort((a, b) => Number(b.name === '-p') - Number(a.name === '-p'));
    const target = readTarget(parsed.target, this.#version, {
      has: (name) => this.#chains.get(name)?.base === null,
    });
    if ('unknownChain' in target) return target;
    const matches = [
      ...base.flatMap((option) => readBase(option, this.#version)),
      ...parsed.matches.flatMap((extension) => readMatch(extension, context)),
    ];
    const family = matches.some(asksForAddress) ? [IS_VERSION[this.#version]] : [];
    return [...family, ...matches, ...target];
  }
}

/** A condition on an address stands behind one on the protocol family (fields.ts). */
const IS_VERSION = { 4: matchNumber('nfproto', [[4n, 4n]]), 6: matchNumber('nfproto', [[6n, 6n]]) } as const;

function asksForAddress(statement: Statement): boolean {
  return (
    statement.kind === 'match' &&
    statement.alternatives.some((conditions) =>
      conditions.some(({ field }) => field === 'saddr' || field === 'daddr'),
    )
  );
}

function badLine(number: number, what: string): ReadError {
  return { code: 'bad-line', message: `Line ${number} ${what}.` };
}

function unknownChain(number: number, name: string): ReadError {
  return {
    code: 'unknown-chain',
    message: `Line ${number} names the chain ${name.slice(0, 64)}, which the table does not have.`,
  };
}
