import type { ApiClient } from '#core/api/direct-client.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { type NodeAddress, type SwarmNode, sshHostName, sshUserName } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import { during, type Terminal } from './terminal.ts';

export interface AddOptions {
  local: boolean;
  /** `[user@]host[:port]`, IPv6 in brackets when a port follows. */
  ssh?: string | undefined;
  name?: string | undefined;
  identity?: string | undefined;
  /** `SHA256:…` as the machine itself shows it, for scripts. */
  fingerprint?: string | undefined;
  json: boolean;
}

/** Runs with the console that runs, or with its records, and gives them free. */
export async function withConsole<T>(
  place: Place,
  terminal: Terminal,
  work: (client: ApiClient) => Promise<T>,
): Promise<T> {
  const open = await openConsole({ ...place, terminal });
  try {
    return await work(open.client);
  } finally {
    await open.close();
  }
}

/** `swarmkeep node list` */
export async function listNodes(place: Place, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const nodes = await withConsole(place, terminal, (client) => client.nodes.list());
  if (json) terminal.out.write(asJson(nodes));
  else if (nodes.length === 0) {
    terminal.error.write(
      `No node was added yet. Add this computer with: ${commandName(terminal.environment)} node add --local\n`,
    );
  } else terminal.out.write(nodes.map((node) => `${lineOf(node)}\n`).join(''));
  return EXIT.fine;
}

/** `swarmkeep node show NAME` */
export async function showNode(
  place: Place,
  name: string,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const shown = await withConsole(place, terminal, async (client) => {
    const node = nodeNamed(await client.nodes.list(), name, terminal);
    return { ...node, profile: await client.nodes.profile({ node: node.id }) };
  });
  if (json) terminal.out.write(asJson(shown));
  else {
    const instances = shown.profile.effective?.instances ?? [];
    const lines = [
      lineOf(shown),
      ...(shown.lastError === null ? [] : [`  last look failed: ${visible(shown.lastError)}`]),
      ...instances.map(
        ({ id, user, version, running }) =>
          `  mycoSwarm ${visible(version ?? 'of unknown version')} as ${visible(user ?? 'an unknown account')}, ${running ? 'running' : 'stopped'} (${visible(id)})`,
      ),
    ];
    terminal.out.write(`${lines.join('\n')}\n`);
  }
  return EXIT.fine;
}

/** `swarmkeep node remove NAME` */
export async function removeNode(
  place: Place,
  name: string,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const node = await withConsole(place, terminal, async (client) => {
    const found = nodeNamed(await client.nodes.list(), name, terminal);
    await client.nodes.remove({ node: found.id });
    return found;
  });
  if (json) terminal.out.write(asJson({ removed: node.id }));
  else
    terminal.error.write(
      `${visible(node.name)} and its findings were removed. The machine was not touched.\n`,
    );
  return EXIT.fine;
}

/** `swarmkeep node add` */
export async function addNode(place: Place, options: AddOptions, terminal: Terminal): Promise<ExitCode> {
  const address = addressOf(options);
  const node = await withConsole(place, terminal, async (client) => {
    const confirmedKeys = address.kind === 'ssh' ? await confirmed(client, address, options, terminal) : [];
    return client.nodes.add({ ...(options.name && { name: options.name }), address, confirmedKeys });
  });
  if (options.json) terminal.out.write(asJson(node));
  else terminal.error.write(`Added: ${lineOf(node)}\n`);
  return EXIT.fine;
}

/**
 * Reads where the node is.
 * @throws CommandFailure (wrong usage)
 */
export function addressOf({ local, ssh, identity }: AddOptions): Exclude<NodeAddress, { kind: 'recorded' }> {
  if (local === (ssh !== undefined)) throw usage('Give either --local or --ssh [user@]host[:port].');
  if (ssh === undefined) return { kind: 'local' };
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@]+)|([0-9A-Fa-f:]+))(?::(\d{1,5}))?$/.exec(ssh);
  const host = sshHostName.safeParse(match?.[2] ?? match?.[3] ?? match?.[4]);
  const user = sshUserName.optional().safeParse(match?.[1]);
  const port = match?.[5] === undefined ? 22 : Number(match[5]);
  if (match === null || !host.success || !user.success || port < 1 || port > 65_535) {
    throw usage(`${visible(ssh)} is no [user@]host[:port].`, 'IPv6 with a port: --ssh "me@[fe80::1]:22"');
  }
  return {
    kind: 'ssh',
    host: host.data,
    port,
    ...(user.data !== undefined && { user: user.data }),
    ...(identity !== undefined && { identityFile: identity }),
  };
}

/** Shows the host keys and trusts those alone that a person, or the script's own fingerprint, confirms. */
export async function confirmed(
  client: { nodes: Pick<ApiClient['nodes'], 'hostKeys'> },
  address: Extract<NodeAddress, { kind: 'ssh' }>,
  { fingerprint }: Pick<AddOptions, 'fingerprint'>,
  terminal: Terminal,
): Promise<string[]> {
  const { keys } = await during(terminal, `Asking ${address.host} for its host keys …`, () =>
    client.nodes.hostKeys(address),
  );
  if (keys.length === 0) throw couldNot(`${address.host} shows no host key.`);
  if (fingerprint !== undefined) {
    const same = keys.filter((key) => key.fingerprint === fingerprint);
    if (same.length > 0) return same.map((key) => key.line);
    throw couldNot(
      `${address.host} shows another key than ${visible(fingerprint)}. Nothing was added.`,
      `It shows: ${keys.map((key) => visible(`${key.type} ${key.fingerprint}`)).join(', ')}`,
    );
  }
  for (const key of keys) terminal.error.write(`${visible(key.type)}  ${visible(key.fingerprint)}\n`);
  const answer = await terminal.ask(
    `Are these the keys of ${address.host}, as its own screen shows them? Type yes to trust them: `,
  );
  if (answer?.trim().toLowerCase() === 'yes') return keys.map((key) => key.line);
  throw couldNot(
    'The host keys were not confirmed. Nothing was added.',
    answer === null ? 'In a script, give the expected key with --fingerprint SHA256:…' : '',
  );
}

/** @returns one line of `node list`: id, name where it is another, how it is reached, when it was looked at */
export function lineOf(node: SwarmNode): string {
  const { address } = node;
  const where =
    address.kind === 'ssh'
      ? `ssh ${address.user === undefined ? '' : `${address.user}@`}${address.host}:${address.port}`
      : address.kind === 'local'
        ? 'this computer'
        : `recorded facts${address.sample ? ' (sample)' : ''}`;
  const looked = node.lastLookAt === null ? 'never looked at' : `looked at ${localMinute(node.lastLookAt)}`;
  // Most nodes are named by their id: nobody wants to read it twice.
  const names = node.name === node.id ? [node.id] : [node.id, node.name];
  return [...names, where, looked].map(visible).join('  ');
}

/** @returns the instant in local time, to the minute: `2026-11-21 18:52`. Programs read `--json`. */
function localMinute(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ');
}
