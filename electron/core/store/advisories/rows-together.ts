import type Database from 'better-sqlite3';

/** Rows of one statement. */
const MOST = 64;

/** Puts rows into a table, many with one statement: tens of thousands with one each would take twice as long. */
export class RowsTogether {
  readonly #full: Database.Statement;
  readonly #prepare: (rows: number) => Database.Statement;
  readonly #width: number;
  #values: unknown[] = [];

  /** @param into the statement up to its values, such as `INSERT INTO t (a, b)` @param width how many values a row has */
  constructor(database: Database.Database, into: string, width: number) {
    const row = `(${Array.from({ length: width }, () => '?').join(', ')})`;
    this.#width = width;
    this.#prepare = (rows) =>
      database.prepare(`${into} VALUES ${Array.from({ length: rows }, () => row).join(', ')}`);
    this.#full = this.#prepare(MOST);
  }

  /** @throws what SQLite says of it, or of rows before it */
  add(...row: readonly (string | number | Buffer)[]): void {
    this.#values.push(...row);
    if (this.#values.length < MOST * this.#width) return;
    this.#full.run(this.#values);
    this.#values = [];
  }

  /** Puts in what is left. @throws what SQLite says */
  end(): void {
    if (this.#values.length === 0) return;
    this.#prepare(this.#values.length / this.#width).run(this.#values);
    this.#values = [];
  }
}
