import { directDependencies } from '#core/dependencies/inventory/direct.ts';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { visible } from '#shared/domain/text.ts';
import { announce, type Context, requireNode } from './context.ts';
import { packagesSeen } from './dependencies-seen.ts';
import type { ConsoleService } from './service.ts';

const MOST_VERSIONS = 64;

/**
 * Packages that somebody asked for, in the order of their names, each with what the operator says of it.
 * @param node of one node, or of all when null
 */
export async function describedDependencies(
  { store }: Pick<Context, 'store'>,
  node: string | null,
): Promise<DirectDependency[]> {
  const nodes = (await store.listNodes()).filter(({ id }) => node === null || id === node);
  const seen = await Promise.all(nodes.map(({ id }) => packagesSeen({ store }, id)));
  const environments = seen.flatMap((found) => found?.environments ?? []);
  const told = new Map(
    (await store.packagePurposes()).map((entry) => [normalizedName(entry.package), entry]),
  );
  const versions = new Map<string, Set<string>>();
  for (const { name, version, from } of environments.flatMap(({ packages }) => packages)) {
    if (version === null || from === 'vendored') continue;
    const key = normalizedName(name);
    versions.set(key, (versions.get(key) ?? new Set()).add(version));
  }
  return directDependencies(environments)
    .map(({ name, from, licence }): DirectDependency => {
      const key = normalizedName(name);
      const known = [...(versions.get(key) ?? [])].sort().slice(0, MOST_VERSIONS);
      return { name, versions: known, from, licence, told: told.get(key) ?? null };
    })
    .sort((a, b) => (normalizedName(a.name) < normalizedName(b.name) ? -1 : 1));
}

/** What direct dependencies are there for, as their operator says it. */
export function purposesOfDependencies(
  context: Context,
): Pick<ConsoleService['dependencies'], 'direct' | 'describe'> {
  const { clock, ledger } = context;
  return {
    async direct({ node }) {
      if (node !== null) await requireNode(context, node);
      return describedDependencies(context, node);
    },

    async describe(words) {
      const told = { ...words, writtenAt: clock.now().toISOString() };
      const { package: name, purpose, licence, risk } = words;
      const what = {
        package: visible(name),
        purpose: visible(purpose),
        licence: visible(licence),
        risk: visible(risk),
      };
      await ledger.recorded('setPackagePurpose', { told }, [
        { kind: 'dependency-described', where: null, what },
      ]);
      announce(context, 'dependencies');
      return told;
    },
  };
}
