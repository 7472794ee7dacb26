import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where the recorded facts of the sample node lie: `assets/sample/facts.json` of a checkout or of a package.
 * @param here address of the running module: `electron/core/console` in the source, `dist/…` in a build
 * @returns an absolute path, whether or not the file is there; a look says so when it is not
 */
export function sampleFile(here: string = import.meta.url): string {
  const candidates = ['../../../assets/sample/facts.json', '../../assets/sample/facts.json'];
  const paths = candidates.map((path) => fileURLToPath(new URL(path, here)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}
