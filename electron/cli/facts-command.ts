import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { recordFacts } from '#core/facts/record.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { type DirectLook, lookDirectly } from './direct-look.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

export interface FactsOptions {
  node?: string | undefined;
  record?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep facts`: collects without judging. What leaves this command, printed or recorded, has its secrets removed:
 * a terminal keeps what it shows, and a log of cron is mailed.
 * @returns 0; a subject that could not be seen is a fact too
 * @throws CommandFailure
 */
export async function facts(place: Place, options: FactsOptions, terminal: Terminal): Promise<ExitCode> {
  const look = await lookOf(place, options.node, terminal);
  const collected = await lookDirectly(look, terminal);
  const recorded = recordFacts(collected);
  if (options.record !== undefined) {
    writeRecording(options.record, recorded);
    terminal.error.write(`Recorded in ${visible(options.record)}, without secrets.\n`);
  }
  if (options.json) terminal.out.write(recorded);
  else if (options.record === undefined) terminal.out.write(factsTable(collected, terminal));
  return EXIT.fine;
}

async function lookOf(place: Place, name: string | undefined, terminal: Terminal): Promise<DirectLook> {
  if (name === undefined) return { ...place, address: { kind: 'local' }, nodeName: hostname() };
  const { openConsole } = await import('./open-console.ts');
  const open = await openConsole({ ...place, terminal });
  try {
    const node = nodeNamed(await open.client.nodes.list(), name, terminal);
    if (node.address.kind === 'recorded') {
      throw couldNot(`${node.name} is a recorded node: its facts are in its file already.`);
    }
    const { corrections } = await open.client.nodes.profile({ node: node.id });
    return { ...place, address: node.address, nodeName: node.name, corrections };
  } finally {
    await open.close();
  }
}

/** Written beside and renamed into place, for this user alone: what is half written is never read. */
function writeRecording(file: string, text: string): void {
  const beside = `${file}.${randomUUID()}`;
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw couldNot(`The recording could not be written to ${visible(file)} (${code ?? 'unknown reason'}).`);
  }
}

function factsTable(collected: Facts, terminal: Terminal): string {
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  const { node, privilege, tookMs, profile } = collected;
  const lines = [
    paint(
      'bold',
      `${visible(node.name)}: looked at in ${Math.round(tookMs)} ms ${privilege === 'user' ? 'without administrator rights' : `as ${privilege}`}, ${profile.instances.length} mycoSwarm`,
    ),
    '',
  ];
  for (const [subject, seen] of Object.entries(collected.subjects)) {
    const gaps = seen.state === 'seen' ? seen.gaps.map((gap) => `${gap.what}: ${gap.reason}`) : [seen.reason];
    const word = seen.state === 'unseen' ? paint('blue', 'unseen') : paint('green', 'seen  ');
    lines.push(`${word}  ${subject.padEnd(11)}  ${visible(seen.source)}`);
    lines.push(...gaps.map((gap) => paint('dim', `                     ${visible(gap)}`)));
  }
  return `${lines.join('\n')}\n`;
}
