/** All that JSON may leave as it is and a terminal may act on, or a reader cannot see; see `visible`. */
const UNSEEN =
  /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/gu;
const PLAIN = /^[\n -~]*$/;

/**
 * A value as JSON (RFC 8259) that can be printed on a terminal: what a log says in it stays what it is for a program, and no character of it
 * moves the cursor, colours or turns the text around. JSON itself escapes only controls below U+0020, and U+009B begins a sequence as well
 * as ESC [ does (ECMA-48, section 5.3).
 * @param indent blanks of each level; none: one line
 */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return PLAIN.test(text) ? text : text.replace(UNSEEN, escaped);
}

/** A character in UTF-16 units, as JSON writes them. Only texts within quotes have any. */
function escaped(character: string): string {
  let units = '';
  for (let at = 0; at < character.length; at += 1)
    units += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return units;
}
