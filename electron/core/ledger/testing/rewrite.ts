import type { openDatabase } from '#core/store/open-database.ts';
import { packRow, rowOf, textRow, textsOf, unpackTexts } from '#core/store/operations/ledger/text-rows.ts';

/** Puts other texts in the place of those of the row that has an event. */
export function rewrite(
  database: ReturnType<typeof openDatabase>,
  number: number,
  change: (texts: string[]) => string[],
): void {
  const found = textRow.parse(
    database.prepare('SELECT * FROM ledger_text WHERE first <= ? ORDER BY first DESC LIMIT 1').get(number),
  );
  const texts = change(textsOf(unpackTexts(found)));
  const { form, lines } = packRow(rowOf(texts));
  database
    .prepare('UPDATE ledger_text SET count = ?, form = ?, lines = ? WHERE first = ?')
    .run(texts.length, form, lines, found.first);
}
