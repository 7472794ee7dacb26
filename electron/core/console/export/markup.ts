import { visibleLines } from '#shared/domain/text.ts';

/** Text that is markup already; everything else is escaped when it is put into markup. */
export interface Markup {
  readonly markup: string;
}

type Piece = string | number | Markup | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes any text harmless as content or in a quoted attribute, and honest: what cannot be seen is written out. */
export function escapeText(text: string): string {
  return visibleLines(text).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}

/** Template for markup: every value is escaped unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  const text = parts.map((part, index) => {
    const value = values[index];
    return value === undefined ? part : part + render(value);
  });
  return { markup: text.join('') };
}

/** @returns no markup at all, for what is left out */
export const nothing: Markup = { markup: '' };

function render(value: Piece): string {
  if (typeof value === 'object') {
    return 'markup' in value ? value.markup : value.map((piece) => piece.markup).join('');
  }
  return escapeText(String(value));
}
