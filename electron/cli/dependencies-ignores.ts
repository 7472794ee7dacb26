import { z } from 'zod';
import { type DependencyIgnore, dependencyIgnore } from '#shared/domain/dependencies/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';
import { readJsonInput } from './read-input.ts';

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
  const value = readJsonInput(path, LARGEST, 'list of decisions', FORM);
  const parsed = list.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw couldNot(
    `${visible(path)} is no list of decisions: ${visible(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim())}.`,
    FORM,
  );
}
