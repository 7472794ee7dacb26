import Database from 'better-sqlite3';
import { advisoriesFile } from '../schema.ts';

/** Does to the advisories of a data folder what nobody should: runs SQL on them. */
export function changeAdvisories(folder: string, sql: string): void {
  const database = new Database(advisoriesFile(folder));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
