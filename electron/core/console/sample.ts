import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where the recorded facts of the sample node lie: `assets/sample/facts.json` of the source, `dist/sample/facts.json`
 * of a build.
 * @param here address of the running module: in `electron/core/console`, or in a folder of `dist`
 * @returns an absolute path, whether or not the file is there; a look says so when it is not
 */
export function sampleFile(here: string = import.meta.url): string {
  const candidates = ['../../../assets/sample/facts.json', '../sample/facts.json'];
  const paths = candidates.map((path) => fileURLToPath(new URL(path, here)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}
