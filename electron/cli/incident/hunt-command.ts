import type { HuntQuery } from '#shared/domain/incident/hunt.ts';
import { huntQuery } from '#shared/domain/incident/hunt.ts';
import type { Place } from '../check-command.ts';
import { EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import { during, type Terminal } from '../terminal.ts';
import { withConsole } from './incident-command.ts';
import { huntText } from './incident-words.ts';

export interface HuntOptions {
  hash?: string | undefined;
  path?: string | undefined;
  destination?: string | undefined;
  json: boolean;
}

/**
 * What all nodes are to be asked for.
 * @throws CommandFailure 64 when none or several are named, or one is not of its form
 */
export function huntQueryOf({ hash, path, destination }: Omit<HuntOptions, 'json'>): HuntQuery {
  const given = [
    hash === undefined ? null : { for: 'hash', sha256: hash },
    path === undefined ? null : { for: 'path', path },
    destination === undefined ? null : { for: 'destination', destination },
  ].filter((one) => one !== null);
  if (given.length !== 1) throw usage('Say one thing to look for: --hash, --path or --destination.');
  const query = huntQuery.safeParse(given[0]);
  if (query.success) return query.data;
  throw usage(
    'That is nothing that can be looked for.',
    '--hash takes 64 hex digits, --path an absolute path, --destination an address or a name.',
  );
}

/** `hunt`: 0 no node has it; 1 a node has it; 2 not all could be seen, and none that was seen has it. */
export async function hunt(place: Place, options: HuntOptions, terminal: Terminal): Promise<ExitCode> {
  const query = huntQueryOf(options);
  return withConsole(place, options, terminal, async ({ client }) => {
    const result = await during(terminal, 'Asking every node', () => client.incidents.hunt(query));
    terminal.out.write(options.json ? asJson(result) : huntText(result));
    if (result.nodes.some(({ state }) => state === 'found')) return EXIT.found;
    return result.nodes.every(({ state }) => state === 'not-found') ? EXIT.fine : EXIT.couldNot;
  });
}
