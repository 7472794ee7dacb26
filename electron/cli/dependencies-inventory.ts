import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const LARGEST = 64 * 1024 * 1024;
const MOST_PACKAGES = 100_000;
const FORM = 'It is a JSON list of {"name": …, "version": …}, as `pip list --format=json` prints it.';

const listed = z.looseObject({
  name: z.string().min(1).max(256),
  /** Whatever is no text is no version: said of the package, and not of the file. */
  version: z.unknown(),
  /** pip's word for a working copy. */
  editable_project_location: z.string().nullish(),
});

const list = z.array(listed).max(MOST_PACKAGES);

/**
 * Reads a list of packages that another program wrote.
 * @param path JSON: `[{"name": …, "version": …}]`
 * @returns one environment of the kind `list`
 * @throws CommandFailure when it cannot be read; half a list would say "nothing found" of the other half
 */
export function readInventory(path: string): Environment {
  let text: string;
  try {
    if (statSync(path).size > LARGEST)
      throw couldNot(`${visible(path)} is larger than any list of packages.`, FORM);
    text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw couldNot(`${visible(path)} could not be read (${code}).`, FORM);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw couldNot(`${visible(path)} is no JSON.`, FORM);
  }
  const parsed = list.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw couldNot(
      `${visible(path)} is no list of packages${place}: ${visible(issue?.message ?? '')}.`,
      FORM,
    );
  }
  return {
    id: path.slice(0, 16_384),
    kind: 'list',
    pythonVersion: null,
    interpreter: null,
    packages: parsed.data.map(itemOf),
    unreadable: null,
  };
}

function itemOf({
  name,
  version,
  editable_project_location: editable,
}: z.infer<typeof listed>): InventoryItem {
  return {
    ecosystem: 'PyPI',
    name,
    version: typeof version === 'string' && version.length <= 4_096 ? version.slice(0, 257) : null,
    from: typeof editable === 'string' ? 'editable' : 'index',
    vendoredBy: null,
    requiredBy: [],
    direct: null,
    metadataPath: null,
    broken: typeof version === 'string' ? null : 'the list gives none',
    asked: null,
    origin: null,
    licence: null,
    installer: null,
  };
}
