import { readPath } from '#core/dependencies/inventory/read-path.ts';
import { readRequirements } from '#core/dependencies/inventory/read-requirements.ts';
import { installedLock } from '#core/dependencies/requirements/installed-lock.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { asJson } from './report.ts';
import type { Terminal } from './terminal.ts';

/**
 * `swarmkeep dependencies lock`: requirements that pin what is installed in one environment, as far as hashes are known offline.
 * @param options `from`: locks whose hashes count for the same versions
 * @returns 1 when a line has no hash, or something could not be pinned
 * @throws CommandFailure when the environment or a lock cannot be read
 */
export function lockOf(
  path: string,
  options: { from?: string[] | undefined; json: boolean },
  terminal: Terminal,
): ExitCode {
  const read = readPath(path);
  if (!read.ok) throw couldNot(visible(read.reason));
  const [environment, ...others] = read.environments.filter(({ packages }) => packages.length > 0);
  if (environment === undefined) throw couldNot(`${visible(path)} has no package.`);
  if (others.length > 0)
    throw couldNot(`${visible(path)} has several environments.`, 'Name one folder of packages.');
  if (environment.unreadable !== null)
    throw couldNot(`Not all of it could be read: ${visible(environment.unreadable)}.`);
  const locks = (options.from ?? []).map((file) => {
    const found = readRequirements(file);
    if (!found.ok) throw couldNot(visible(found.reason));
    if (found.lock === null) throw couldNot(`${visible(file)} is no lock with hashes.`);
    return found.lock;
  });
  const lock = installedLock(environment, locks);
  terminal.out.write(options.json ? asJson(lock) : lock.text);
  const said = [...lock.unhashed, ...lock.left].map(({ name, why }) => `${visible(name)}: ${visible(why)}`);
  if (said.length > 0 && !options.json) terminal.error.write(`${said.join('\n')}\n`);
  return said.length > 0 ? EXIT.found : EXIT.fine;
}
