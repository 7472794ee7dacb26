import { z } from 'zod';
import { isDistributionName } from '#core/dependencies/requirements/name.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';
import { readJsonInput } from './read-input.ts';

const LARGEST = 64 * 1024 * 1024;
const MOST_PACKAGES = 100_000;
/** Longest text that is looked at as a version. */
const LONGEST = 4_096;
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
  const value = readJsonInput(path, LARGEST, 'list of packages', FORM);
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
  const isTold = typeof version === 'string' && version.length <= LONGEST;
  return {
    ecosystem: 'PyPI',
    name,
    version: isTold ? version.slice(0, 257) : null,
    from: typeof editable === 'string' ? 'editable' : 'index',
    vendoredBy: null,
    requiredBy: [],
    direct: null,
    metadataPath: null,
    broken: faultOf(name, version),
    asked: null,
    origin: null,
    licence: null,
    installer: null,
  };
}

/** What is compared with nothing is not fine: no advisory is filed under a name that no package can have. */
function faultOf(name: string, version: unknown): string | null {
  if (typeof version !== 'string') return 'the list gives none';
  if (version.length > LONGEST) return 'what the list gives is longer than any version';
  return isDistributionName(name) ? null : 'its name is none that a package may have';
}
