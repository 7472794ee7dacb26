/**
 * The form in which texts are compared without regard to case: lower case, with both small sigmas the same, for which of them a
 * capital one becomes depends on its neighbours, and a piece of a text must fold as it does inside the text.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}
