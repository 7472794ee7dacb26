import { z } from 'zod';
import { readBounded } from '#core/dependencies/inventory/read-bounded.ts';
import { type DependencyPurpose, dependencyPurpose } from '#shared/domain/dependencies/purpose.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const LARGEST = 4 * 1024 * 1024;
const FORM = 'It is a JSON list of {"package", "purpose", "licence", "risk"}.';

const list = z.array(dependencyPurpose).max(16_384);

/**
 * Reads what the operator wrote down about direct dependencies.
 * @param path JSON: a list of `dependencyPurpose`
 * @throws CommandFailure when any of it is wrong
 */
export function readPurposes(path: string): DependencyPurpose[] {
  const read = readBounded(path, LARGEST);
  if (!read.ok || read.cut) throw couldNot(`${visible(path)} could not be read, or is too long.`, FORM);
  let value: unknown;
  try {
    value = JSON.parse(read.bytes.toString('utf8'));
  } catch {
    throw couldNot(`${visible(path)} is no JSON.`, FORM);
  }
  const parsed = list.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw couldNot(`${visible(path)} is no such list: ${visible(issue?.message ?? '')}.`, FORM);
}
