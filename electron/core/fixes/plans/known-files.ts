import type { FetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';

/**
 * An upgrade as it is done again: from the very files that it was done from before, so that an index which serves others under the
 * same version is refused and not believed a second time.
 * @param wheels what the step told when it was done; absent when it did not
 * @returns the action, with the hashes where they are known; every other action as it is
 */
export function withKnownFiles(
  action: HelperAction | null,
  wheels: readonly FetchedWheel[] | undefined,
): HelperAction | null {
  if (action?.verb !== 'upgrade-packages' || wheels === undefined) return action;
  const packages = action.packages.map((one) => {
    const known = wheels.find(({ name, version }) => name === one.name && version === one.to)?.sha256;
    return known == null ? one : { ...one, sha256: [known] };
  });
  return { ...action, packages };
}
