import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { type DependencyIgnore, dependencyIgnore } from '#shared/domain/dependencies/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const LARGEST = 4 * 1024 * 1024;
const FORM =
  'It is a JSON list of {"package", "id", "reason", "until" (a time in UTC) or "untilFixed": true, and "version" if it holds for one only}.';

const list = z.array(dependencyIgnore).max(4_096);

/**
 * Reads what was accepted: each entry names a package and an id, says why, and ends.
 * @param path JSON: a list of `dependencyIgnore`
 * @throws CommandFailure when any of it is wrong: what was meant to be accepted is not guessed
 */
export function readIgnores(path: string): DependencyIgnore[] {
  let value: unknown;
  try {
    if (statSync(path).size > LARGEST)
      throw couldNot(`${visible(path)} is larger than any list of decisions.`, FORM);
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw couldNot(`${visible(path)} is no JSON.`, FORM);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw couldNot(`${visible(path)} could not be read (${code}).`, FORM);
  }
  const parsed = list.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw couldNot(
    `${visible(path)} is no list of decisions: ${visible(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim())}.`,
    FORM,
  );
}
