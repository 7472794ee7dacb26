/** Characters that could make a sentence look like another one: controls, and marks that turn the direction. */
const MISLEADING = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Make a text that may carry a node's words safe for a dialog, a menu, a notification or a title of the system.
 * @param text of any origin
 * @param longest in UTF-16 units; what is longer ends in an ellipsis
 */
export function plainText(text: string, longest: number): string {
  const clean = text.replace(MISLEADING, ' ').replace(/ {2,}/g, ' ').trim();
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1).trimEnd()}…`;
}
