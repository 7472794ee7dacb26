import type { PauseState } from '#shared/domain/pause/pause-state.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import type { Terminal } from './terminal.ts';

export interface PauseOptions {
  resume: boolean;
  status: boolean;
  yes: boolean;
  json: boolean;
}

/** How long nodes that have not answered yet are waited for, and how often is looked, in milliseconds. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 200;

/**
 * `swarmkeep pause`: all agents of all nodes stand still. `--resume` lets them go, after a yes; `--status` asks the nodes how they stand.
 * @returns found (1) when a node is not as it was asked to be, or, with `--status`, when agents are paused
 * @throws CommandFailure
 */
export async function pause(place: Place, options: PauseOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.resume && options.status) throw usage('--resume and --status exclude each other.');
  const open = await openConsole({
    ...place,
    terminal,
    ...(options.yes ? { consent: { ask: async () => true } } : {}),
    takesOver: options.resume,
  });
  try {
    const { client } = open;
    if (options.resume && open.elsewhere)
      terminal.error.write('Agree in the window or terminal of the running console.\n');
    let state = options.status
      ? await client.pause.look()
      : options.resume
        ? await client.pause.resume({})
        : await client.pause.pause({});
    const until = Date.now() + PATIENCE_MS;
    while (state.nodes.some(({ is }) => is === 'asked') && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      state = await client.pause.state();
    }
    terminal.out.write(options.json ? asJson(state) : shown(state));
    if (!options.status && !open.elsewhere && missed(state))
      terminal.error.write(
        'While a console runs, nodes that were missed are tried again every 30 seconds.\n',
      );
    if (options.status) return state.is === 'running' ? EXIT.fine : EXIT.found;
    return missed(state) ? EXIT.found : EXIT.fine;
  } finally {
    await open.close();
  }
}

const missed = ({ nodes }: PauseState): boolean =>
  nodes.some(({ is }) => is === 'asked' || is === 'not-paused');

const WORDS = {
  paused: 'stands still',
  asked: 'no answer yet',
  'not-paused': 'NOT paused',
  'nothing-there': 'nothing to pause',
} as const;

function shown(state: PauseState): string {
  const width = Math.max(0, ...state.nodes.map(({ name }) => name.length));
  const lines = state.nodes.map(({ name, is, still, why }) => {
    const words = is === 'paused' && still > 0 ? `${WORDS[is]}, ${still} processes` : WORDS[is];
    return `  ${visible(name).padEnd(width)}  ${words}${why === '' ? '' : `: ${visible(why)}`}\n`;
  });
  return `${visible(state.sentence)}\n${lines.join('')}`;
}
