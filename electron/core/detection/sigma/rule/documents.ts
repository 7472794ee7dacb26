import { CORE_SCHEMA, floatCoreTag, intCoreTag, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { LIMITS } from '../limits.ts';
import { fault } from './fault.ts';

/** A number that JavaScript cannot hold stays the text that it is: a hash of nothing but digits must not be rounded. */
const exact = (tag: typeof intCoreTag): typeof intCoreTag => ({
  ...tag,
  resolve: (source, isExplicit, tagName) => {
    const value: unknown = tag.resolve(source, isExplicit, tagName);
    const lost =
      typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[\d.eE+-]+$/.test(source);
    // The tag is one of numbers, but what it resolves to may be anything.
    return (lost ? source : value) as number;
  },
});

const SCHEMA = CORE_SCHEMA.withTags(mergeTag, exact(intCoreTag), exact(floatCoreTag));

/**
 * Reads the YAML documents of a rule file (YAML 1.2 core schema, and `<<`). Empty documents are left out.
 * @throws RuleFault for what is no YAML, is nested too deep, or grows too large by its aliases
 */
export function readDocuments(text: string): unknown[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.fileBytes) fault(`the file has ${bytes} bytes; at most ${LIMITS.fileBytes} are read`);
  let documents: unknown[];
  try {
    documents = loadAll(text, {
      schema: SCHEMA,
      maxDepth: LIMITS.yamlDepth,
      maxAliases: LIMITS.yamlAliases,
      maxTotalMergeKeys: LIMITS.searchIdentifiers,
    });
  } catch (error) {
    return fault(`it is no valid YAML: ${wordsOf(error)}`);
  }
  if (documents.length > LIMITS.documents) fault(`the file has more than ${LIMITS.documents} documents`);
  const budget = { nodes: LIMITS.yamlNodes };
  for (const document of documents) count(document, budget, 0);
  return documents.filter((document) => document !== null && document !== undefined);
}

/** Aliases are not copied while reading, so a small file can be endless to whoever walks through it. */
function count(value: unknown, budget: { nodes: number }, depth: number): void {
  budget.nodes -= 1;
  if (budget.nodes < 0) fault(`the file has more than ${LIMITS.yamlNodes} values, aliases written out`);
  if (depth > LIMITS.yamlDepth) fault(`the file is nested more than ${LIMITS.yamlDepth} levels deep`);
  if (Array.isArray(value)) for (const item of value) count(item, budget, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) count(item, budget, depth + 1);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof YAMLException)) return 'it cannot be read';
  const { reason, mark } = error;
  const place = mark ? ` in line ${mark.line + 1}` : '';
  return `${reason ?? 'it cannot be read'}${place}`;
}
