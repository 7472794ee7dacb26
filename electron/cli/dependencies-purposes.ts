import { z } from 'zod';
import { type DependencyPurpose, dependencyPurpose } from '#shared/domain/dependencies/purpose.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';
import { readJsonInput } from './read-input.ts';

const LARGEST = 4 * 1024 * 1024;
const FORM = 'It is a JSON list of {"package", "purpose", "licence", "risk"}.';

const list = z.array(dependencyPurpose).max(16_384);

/**
 * Reads what the operator wrote down about direct dependencies.
 * @param path JSON: a list of `dependencyPurpose`
 * @throws CommandFailure when any of it is wrong
 */
export function readPurposes(path: string): DependencyPurpose[] {
  const value = readJsonInput(path, LARGEST, 'list of purposes', FORM);
  const parsed = list.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw couldNot(`${visible(path)} is no such list: ${visible(issue?.message ?? '')}.`, FORM);
}
