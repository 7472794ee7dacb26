import type { ApiClient } from '#core/api/direct-client.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { changeInFull, changesTable } from './plan-card.ts';
import { asJson } from './report.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

/** `swarmkeep changes [CHANGE]`: what was done to nodes, newest first, or one change in full. */
export async function changes(
  place: Place,
  change: string | undefined,
  options: { node?: string | undefined; json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const open = await openConsole({ ...place, terminal });
  try {
    const { client } = open;
    if (change !== undefined) {
      const one = await client.fixes.get({ change: await changeMeant(client, change) });
      const paint = painter(wantsColour(terminal.out, terminal.environment));
      terminal.out.write(options.json ? asJson(one) : changeInFull(one, paint));
      return EXIT.fine;
    }
    const node =
      options.node === undefined ? null : nodeNamed(await client.nodes.list(), options.node, terminal);
    const list = await client.fixes.list({ limit: 200, ...(node === null ? {} : { node: node.id }) });
    if (options.json) terminal.out.write(asJson(list));
    else if (list.changes.length === 0) terminal.error.write('Nothing was changed yet.\n');
    else terminal.out.write(changesTable(list.changes));
    return EXIT.fine;
  } finally {
    await open.close();
  }
}

/**
 * Finds a change by its id or the beginning of it.
 * @throws CommandFailure when there is none, or when several begin so
 */
export async function changeMeant(client: ApiClient, text: string): Promise<string> {
  if (!/^[0-9a-f]{4,32}$/.test(text)) {
    throw usage(
      `${visible(text).slice(0, 64)} is no change.`,
      'A change is named by its id, or the first four digits of it or more.',
    );
  }
  if (text.length === 32) return text;
  const { changes: known } = await client.fixes.list({ limit: 200 });
  const found = known.filter((change) => change.id.startsWith(text));
  const [only] = found;
  if (only === undefined) throw couldNot(`There is no change ${text}.`, 'The command changes lists them.');
  if (found.length > 1)
    throw usage(`Several changes begin with ${text}.`, found.map((one) => one.id).join(', '));
  return only.id;
}
