/** One condition or a combination of conditions on events, as read from the text of a query. */
export type Query =
  | { kind: 'all' }
  | { kind: 'and' | 'or'; of: readonly Query[] }
  | { kind: 'not'; of: Query }
  /** A word or a "phrase" anywhere in the line, in any case. */
  | { kind: 'text'; text: string; phrase: boolean }
  /** `field:value`; `*` stands for any characters, `?` for one, unless quoted or escaped. Any case. */
  | { kind: 'field'; field: string; pattern: readonly PatternPart[] }
  /** `field:>=10`, `field:[10 TO 20]`, `at:[… TO …]`; ends are included where `…Included`. Null: open. */
  | {
      kind: 'range';
      field: string;
      from: string | null;
      fromIncluded: boolean;
      to: string | null;
      toIncluded: boolean;
    }
  /** `at:-15m`: since so many milliseconds before now. */
  | { kind: 'since'; agoMs: number }
  /** `has:field`. */
  | { kind: 'has'; field: string };

/** A piece of a pattern: characters as they are, or a wildcard. */
export type PatternPart = string | { any: 'one' | 'many' };

/** What came of reading a query. `at` is the place of the mistake, in UTF-16 units from the start. */
export type ReadQuery = { ok: true; query: Query } | { ok: false; at: number; message: string };
