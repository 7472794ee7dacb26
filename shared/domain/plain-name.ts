/**
 * A name as a sentence, a title or a notification can bear it. Names of nodes come from operators and from machines:
 * control characters, line breaks and signs that turn the direction of text round (Unicode TR #36, section 2) go away.
 * @param name anything
 * @param limit most characters (code points) that are kept; a longer name ends in an ellipsis
 * @returns one line without spaces at its ends; empty when nothing is left
 */
export function plainName(name: string, limit: number): string {
  const plain = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const letters = [...plain];
  return letters.length <= limit
    ? plain
    : `${letters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}
