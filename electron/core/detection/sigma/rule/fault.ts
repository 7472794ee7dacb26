/** What is wrong with a rule, in words for whoever wrote it. Thrown while one document is read; becomes a value at its border. */
export class RuleFault extends Error {
  override readonly name = 'RuleFault';
}

/** Ends the reading of a rule. */
export function fault(message: string): never {
  throw new RuleFault(message);
}

/** Text of a rule as it can be quoted in a sentence. */
export function quoted(text: string): string {
  return text.length <= 80 ? `"${text}"` : `"${text.slice(0, 77)}…"`;
}
