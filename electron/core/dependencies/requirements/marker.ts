/** A condition on the environment (PEP 508, "Environment Markers"). */
export type Marker =
  | { kind: 'and' | 'or'; left: Marker; right: Marker }
  | { kind: 'compare'; left: MarkerValue; operator: string; right: MarkerValue };

type MarkerValue = { variable: string } | { text: string };

/** What is known of the environment. A variable that is left out is not known. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

const VARIABLES = new Set([
  'python_version',
  'python_full_version',
  'os_name',
  'sys_platform',
  'platform_release',
  'platform_system',
  'platform_version',
  'platform_machine',
  'platform_python_implementation',
  'implementation_name',
  'implementation_version',
  'extra',
  'extras',
  'dependency_groups',
  // Spellings of setuptools before PEP 508, which packaging still takes.
  'os.name',
  'sys.platform',
  'platform.version',
  'platform.machine',
  'platform.python_implementation',
  'python_implementation',
]);

const TOKEN = /\s*(?:(\()|(\))|(===|==|~=|!=|<=|>=|<|>)|'([^']*)'|"([^"]*)"|([A-Za-z_][A-Za-z0-9_.]*))/y;
/** No honest marker has more words or goes deeper. */
const MAX_TOKENS = 512;
const MAX_DEPTH = 32;

type Token = { kind: '(' | ')' | 'operator' | 'text' | 'word'; value: string };

function tokensOf(text: string): Token[] | null {
  const trimmed = text.trim();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null || tokens.length >= MAX_TOKENS) return null;
    const [, open, close, operator, single, double, word] = match;
    if (open !== undefined) tokens.push({ kind: '(', value: open });
    else if (close !== undefined) tokens.push({ kind: ')', value: close });
    else if (operator !== undefined) tokens.push({ kind: 'operator', value: operator });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'text', value: single ?? double ?? '' });
  }
  return tokens;
}

/** Recursive descent over the grammar of PEP 508; `and` binds closer than `or`. */
class MarkerReader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Marker | null {
    const marker = this.either(0);
    return this.at === this.tokens.length ? marker : null;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.value !== word) return false;
    this.at += 1;
    return true;
  }

  private either(depth: number): Marker | null {
    let left = this.both(depth);
    while (left !== null && this.takeWord('or')) {
      const right = this.both(depth);
      left = right === null ? null : { kind: 'or', left, right };
    }
    return left;
  }

  private both(depth: number): Marker | null {
    let left = this.one(depth);
    while (left !== null && this.takeWord('and')) {
      const right = this.one(depth);
      left = right === null ? null : { kind: 'and', left, right };
    }
    return left;
  }

  private one(depth: number): Marker | null {
    if (this.tokens[this.at]?.kind === '(') {
      if (depth >= MAX_DEPTH) return null;
      this.at += 1;
      const inner = this.either(depth + 1);
      if (inner === null || this.tokens[this.at]?.kind !== ')') return null;
      this.at += 1;
      return inner;
    }
    const left = this.value();
    const operator = left === null ? null : this.operator();
    const right = operator === null ? null : this.value();
    return left === null || operator === null || right === null
      ? null
      : { kind: 'compare', left, operator, right };
  }

  private value(): MarkerValue | null {
    const token = this.tokens[this.at];
    if (token?.kind !== 'text' && !(token?.kind === 'word' && VARIABLES.has(token.value))) return null;
    this.at += 1;
    return token.kind === 'text' ? { text: token.value } : { variable: token.value };
  }

  private operator(): string | null {
    const token = this.tokens[this.at];
    if (token?.kind === 'operator') {
      this.at += 1;
      return token.value;
    }
    if (this.takeWord('in')) return 'in';
    return this.takeWord('not') && this.takeWord('in') ? 'not in' : null;
  }
}

/**
 * Reads a marker, without the semicolon in front of it.
 * @returns null for what is none, has more than 512 words or goes deeper than 32 brackets
 */
export function parseMarker(text: string): Marker | null {
  const tokens = tokensOf(text);
  return tokens === null || tokens.length === 0 ? null : new MarkerReader(tokens).whole();
}

/** Order of two releases such as `3.9` and `3.11.2`; null for what is no plain release. */
function orderOfReleases(a: string, b: string): number | null {
  const [left, right] = [a, b].map((text) =>
    /^\d+(\.\d+){0,5}$/.test(text) ? text.split('.').map(Number) : null,
  );
  if (!left || !right) return null;
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compare(left: string, operator: string, right: string): boolean | null {
  if (operator === 'in') return right.includes(left);
  if (operator === 'not in') return !right.includes(left);
  if (operator === '===') return left === right;
  const order = orderOfReleases(left, right);
  if (order === null) {
    if (operator === '==') return left === right;
    return operator === '!=' ? left !== right : null;
  }
  if (operator === '==') return order === 0;
  if (operator === '!=') return order !== 0;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return null;
}

/**
 * Whether a marker holds. `extra` is compared with the one extra that is asked about; without one it is the empty text, as pip
 * has it.
 * @returns null when what is known of the environment does not decide it
 */
export function holds(marker: Marker, environment: MarkerEnvironment): boolean | null {
  if (marker.kind === 'compare') {
    const [left, right] = [marker.left, marker.right].map((value) =>
      'text' in value ? value.text : (environment[value.variable] ?? null),
    );
    return left == null || right == null ? null : compare(left, marker.operator, right);
  }
  const left = holds(marker.left, environment);
  const right = holds(marker.right, environment);
  const decides = marker.kind === 'or';
  if (left === decides || right === decides) return decides;
  return left === null || right === null ? null : !decides;
}

/** @returns normalised names of the extras that a marker compares with, each once */
export function extrasIn(marker: Marker): string[] {
  if (marker.kind !== 'compare') return [...new Set([...extrasIn(marker.left), ...extrasIn(marker.right)])];
  const sides = [marker.left, marker.right];
  if (!sides.some((side) => 'variable' in side && side.variable === 'extra')) return [];
  return sides.flatMap((side) => ('text' in side ? [side.text.toLowerCase().replace(/[-_.]+/g, '-')] : []));
}
