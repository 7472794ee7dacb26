import type { ApiClient } from '#core/api/direct-client.ts';
import type { AnnouncedNode, SshConfigHost } from '#shared/contract/found-nodes.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { confirmed, lineOf, withConsole } from './node-command.ts';
import { asJson } from './report.ts';
import { during, type Terminal } from './terminal.ts';

/** Time for machines to answer; mycoSwarm takes part of a second. */
const LISTEN_MS = 4_000;

/** `swarmkeep node find`: who announces itself on the networks of this computer. */
export async function findNodes(place: Place, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const found = await withConsole(place, terminal, (client) =>
    during(terminal, 'Listening who announces itself …', () => client.nodes.found({ waitMs: LISTEN_MS })),
  );
  if (json) terminal.out.write(asJson(found));
  else if (found.announced.length > 0) terminal.out.write(found.announced.map(announcedLine).join(''));
  if (found.why !== null) throw couldNot(`Nobody could be heard. ${found.why}`);
  if (found.announced.length === 0 && !json) {
    terminal.error.write('No machine announced itself as a node. Nodes that are asleep do not.\n');
  }
  if (found.turnedAway > 0) {
    terminal.error.write(`${found.turnedAway} announcements were too many to look at: that is not usual.\n`);
  }
  return found.announced.some(({ known }) => known === null) ? EXIT.found : EXIT.fine;
}

/** @returns one line: what it calls itself, where it is, and whether it is in the list */
export function announcedLine({ name, from, port, version, known, claims }: AnnouncedNode): string {
  const list =
    known !== null
      ? `in your list as ${known}`
      : claims !== null
        ? `not in your list; it gives an address of ${claims} for itself`
        : 'not in your list';
  return `${[name, `${from}:${port}`, ...(version === null ? [] : [`mycoSwarm ${version}`]), list].map(visible).join('  ')}\n`;
}

export interface ImportOptions {
  fingerprint?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep node import [NAME…]`: without names what `~/.ssh/config` holds, with names adds these, each after its host key was
 * confirmed.
 */
export async function importNodes(
  place: Place,
  names: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withConsole(place, terminal, (client) => importFrom(client, names, options, terminal));
}

/** What `node import` does with a console. */
export async function importFrom(
  client: { nodes: Pick<ApiClient['nodes'], 'sshConfig' | 'hostKeys' | 'add'> },
  names: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await client.nodes.sshConfig();
  if (!config.found) throw couldNot(`There is no ${visible(config.file)}.`);
  for (const problem of config.problems) terminal.error.write(`${visible(problem)}\n`);
  if (config.leftOut > 0) {
    terminal.error.write(
      `Passed over, because evaluating them could run a program: ${config.leftOut} Match ${config.leftOut === 1 ? 'block' : 'blocks'}.\n`,
    );
  }
  if (names.length === 0) {
    if (options.json) terminal.out.write(asJson(config));
    else terminal.out.write(config.hosts.map(hostLine).join(''));
    return EXIT.fine;
  }
  // All of them, before the first is asked for anything.
  const chosen = names.map((name) => usable(config.hosts, name, terminal));
  const added: SwarmNode[] = [];
  for (const { name, address } of chosen) {
    const confirmedKeys = await confirmed(client, address, options, terminal);
    const node = await client.nodes.add({ name: name.slice(0, 64), address, confirmedKeys });
    added.push(node);
    if (!options.json) terminal.error.write(`Added: ${lineOf(node)}\n`);
  }
  if (options.json) terminal.out.write(asJson(added));
  return EXIT.fine;
}

type Usable = SshConfigHost & { address: NonNullable<SshConfigHost['address']> };

/**
 * The host that a name stands for.
 * @throws CommandFailure for a name that is not there, is in the list already, or cannot be used
 */
export function usable(
  hosts: readonly SshConfigHost[],
  name: string,
  terminal: Pick<Terminal, 'environment'>,
): Usable {
  const host = hosts.find((entry) => entry.name === name);
  if (host === undefined) {
    throw couldNot(
      `There is no host ${visible(name)} in it. Nothing was added.`,
      `See all: ${commandName(terminal.environment)} node import`,
    );
  }
  if (host.known !== null) throw couldNot(`${visible(name)} is in the list already, as ${host.known}.`);
  const { address } = host;
  if (address === null) throw couldNot(`${visible(name)} cannot be used. ${visible(host.why ?? '')}`);
  return Object.assign(host, { address });
}

/** @returns one line: the name, how it is reached or why it cannot be, and whether it is in the list */
export function hostLine({ name, address, why, known }: SshConfigHost): string {
  const place =
    address === null
      ? 'cannot be used'
      : `ssh ${address.user === undefined ? '' : `${address.user}@`}${address.host}:${address.port}`;
  const rest = [...(known === null ? [] : [`in your list as ${known}`]), ...(why === null ? [] : [why])];
  return `${[name, place, ...rest].map(visible).join('  ')}\n`;
}
