import type { Json } from './json.ts';

/** A statement in the language of nft. */
export function statementText(statement: Json): string {
  return JSON.stringify(statement).slice(0, 200);
}

/** A rule in the language of nft. */
export function ruleText(statements: readonly Json[], comment: Json | undefined): string {
  return [
    ...statements.map(statementText),
    ...(typeof comment === 'string' ? [`comment "${comment}"`] : []),
  ].join(' ');
}
