/** A cell of a table: prose, or text of a machine that is drawn letter by letter. */
export type Cell = string | { mono: string };

/** What a report consists of, free of any format. Every text may come from a hostile node: each format makes it harmless in its own way. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'quiet'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly Cell[])[] };

/** A report before it has a format. */
export interface ReportDocument {
  title: string;
  /** Below everything else, small. */
  footer: string;
  blocks: readonly Block[];
}

/** @returns the text of a cell, without how it is drawn */
export const cellText = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.mono);
