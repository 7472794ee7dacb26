import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ApiClient } from '#core/api/direct-client.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { type RejoinGate, rebuildWish } from '#shared/domain/incident/rebuild.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { nodeNamed } from '../choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import { during, type Terminal } from '../terminal.ts';
import { exitOf, untilStepRests } from './follow-incident.ts';
import { type IncidentOptions, withConsole } from './incident-command.ts';
import { gateText, incidentText, planText } from './incident-words.ts';
import { meantIncident } from './open-incident.ts';

export interface RebuildOptions extends IncidentOptions {
  node?: string | undefined;
  out?: string | undefined;
  hostName?: string | undefined;
  account?: string | undefined;
  key?: string[] | undefined;
  code?: string | undefined;
}

/**
 * `incident rebuild`: writes the kit to a folder, or with `--code` knows the node again by its new host key. 0 when it is written, or when the node is
 * known again.
 */
export function rebuild(place: Place, options: RebuildOptions, terminal: Terminal): Promise<ExitCode> {
  if ((options.out === undefined) === (options.code === undefined))
    throw usage('Say where the kit goes with --out, or what the node shows with --code.');
  return withConsole(place, options, terminal, async ({ client }) => {
    const { incident } = await meantIncident(client, options.incident);
    await requireNode(client, incident, options.node, terminal);
    return options.code === undefined
      ? writeKit(client, incident, { ...options, out: options.out ?? '' }, terminal)
      : knowAgain(client, incident, options.code, options, terminal);
  });
}

/** Somebody who names a node must not set up another one. */
async function requireNode(
  client: ApiClient,
  { node, number, name }: Incident,
  named: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (named === undefined) return;
  if (nodeNamed(await client.nodes.list(), named, terminal).id !== node)
    throw usage(`Incident ${number} is about ${visible(name)}.`, 'Name that node, or another incident.');
}

async function writeKit(
  client: ApiClient,
  incident: Incident,
  options: RebuildOptions & { out: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const known = await client.incidents.kitProposal({ incident: incident.id });
  const given = await Promise.all((options.key ?? []).map(readKey));
  const wish = rebuildWish.omit({ node: true }).safeParse({
    hostName: options.hostName ?? known.hostName,
    account: options.account ?? known.account,
    keys: given.length > 0 ? given : known.keys.map(({ key }) => key),
  });
  if (!wish.success) {
    const [issue] = wish.error.issues;
    throw usage(
      `No kit can be made with this: ${visible(issue?.message ?? 'something is wrong')} (${String(issue?.path[0] ?? 'keys')}).`,
      'Give --host-name, --account, and with --key the file of a public key.',
    );
  }
  const { kit } = await during(terminal, 'Making the kit', () =>
    client.incidents.makeKit({ incident: incident.id, wish: wish.data }),
  );
  for (const { path, text } of kit.files) {
    const file = join(options.out, path);
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // What lies there may be a kit that is in use, or no kit at all.
      await writeFile(file, text, { flag: 'wx', mode: path.endsWith('.sh') ? 0o700 : 0o600 });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const why = code === 'EEXIST' ? 'there is a file of that name already' : (code ?? 'unknown error');
      throw couldNot(`${visible(file)} was not written: ${why}.`, 'Name an empty folder with --out.');
    }
  }
  if (options.json) {
    const files = kit.files.map(({ path, sha256, words }) => ({ path, sha256, words }));
    terminal.out.write(
      asJson({ incident: incident.id, out: options.out, files, lacking: kit.lacking, wish: wish.data }),
    );
    return EXIT.fine;
  }
  const lacking = kit.lacking.map((line) => `  Note: ${visible(line)}\n`).join('');
  terminal.out.write(
    `The kit for ${visible(incident.name)} is in ${visible(options.out)}: ${kit.files.length} files. README.md leads on.\n${lacking}`,
  );
  return EXIT.fine;
}

async function readKey(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const line = text?.slice(0, 16_384).split('\n')[0]?.trim();
  if (line === undefined) throw usage(`${visible(file)} could not be read.`, 'Name the .pub file of a key.');
  if (line.includes('PRIVATE KEY'))
    throw usage(`${visible(file)} is a private key, which no kit may hold.`, 'Name the .pub file beside it.');
  return line;
}

async function knowAgain(
  client: ApiClient,
  incident: Incident,
  code: string,
  options: IncidentOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const view = await during(terminal, 'Asking the node for its key', () =>
    client.incidents.meetAgain({ incident: incident.id, code }),
  );
  if (options.json) terminal.out.write(asJson({ incident: view }));
  else terminal.out.write(incidentText(view));
  return view.incident.rebuild.hostKey?.isNew ? EXIT.fine : EXIT.found;
}

export interface RejoinOptions extends IncidentOptions {
  dryRun: boolean;
  although?: string | undefined;
}

/**
 * `incident rejoin`: asks the gate. With `--although` it lets the node in past what is not met, for a reason and with a yes. 0 when every condition is met,
 * 1 when it was let in without that, or with `--dry-run` would be refused; 2 when the gate stays shut.
 */
export function rejoin(place: Place, options: RejoinOptions, terminal: Terminal): Promise<ExitCode> {
  return withConsole(place, options, terminal, async ({ client, elsewhere }) => {
    const { incident } = await meantIncident(client, options.incident);
    const id = incident.id;
    const gate: RejoinGate = await during(terminal, 'Asking what is true of the node now', () =>
      client.incidents.gate({ incident: id }),
    );
    if (!options.json) terminal.out.write(gateText(gate));
    if (options.dryRun) {
      if (options.json) terminal.out.write(asJson({ gate, incident: null }));
      return gate.open ? EXIT.fine : EXIT.found;
    }
    const decides = options.although !== undefined && !gate.open;
    const begun = decides
      ? await decide(client, id, options.although ?? '', elsewhere, terminal)
      : await client.incidents.investigate({ incident: id, order: { step: 'rejoin' } });
    const view = await untilStepRests(client, begun, 'rejoin', terminal);
    if (options.json) terminal.out.write(asJson({ gate, incident: view }));
    else terminal.out.write(incidentText(view));
    return exitOf(view, 'rejoin');
  });
}

async function decide(
  client: ApiClient,
  incident: string,
  words: string,
  elsewhere: boolean,
  terminal: Terminal,
) {
  const plan = await client.incidents.plan({ incident, step: 'rejoin', words });
  terminal.error.write(planText(plan));
  if (plan.blocked !== null) throw couldNot(plan.blocked, 'Nothing was changed.');
  if (elsewhere) terminal.error.write('Agree in the window or terminal of the running console.\n');
  return client.incidents.begin({ plan: plan.id, hash: plan.hash });
}
