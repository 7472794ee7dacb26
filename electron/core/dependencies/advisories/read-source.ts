import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import type { AdvisorySource } from '../verdicts/audit.ts';
import { AdvisoryCompiler } from './compile.ts';
import type { CompiledPackage } from './compiled.ts';
import { advisoryDataState } from './data-state.ts';
import { type ReadingOptions, readAdvisorySet } from './read-set.ts';

/**
 * Advisories that are read for once from a file or folder, as far as they name what is asked for.
 * @param wanted packages that will be asked for
 * @throws AdvisoryDataError
 */
export async function readAdvisorySource(
  path: string,
  wanted: (ecosystem: Ecosystem, name: string) => boolean,
  now: Date,
  options: ReadingOptions = {},
): Promise<AdvisorySource> {
  const compiler = new AdvisoryCompiler(wanted, now);
  for await (const some of readAdvisorySet(path, options))
    for (const { record } of some) compiler.add(record);
  const packages = new Map<string, CompiledPackage>();
  for (const { ecosystem, name, compiled } of compiler.packages())
    packages.set(`${ecosystem} ${name}`, JSON.parse(compiled));
  const { count, newest } = compiler;
  return {
    state: advisoryDataState(
      { advisories: count, newest, importedAt: null, origin: path.slice(0, 1_024) },
      now,
    ),
    about: (ecosystem, name) => packages.get(`${ecosystem} ${name}`) ?? null,
  };
}
