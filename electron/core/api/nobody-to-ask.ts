import { ConsoleError } from '#core/console/service.ts';
import { quote } from '#core/hosts/quote.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { Plan } from '#shared/domain/plan.ts';

/** @returns the words behind the name of the program by which a command orders the same; null when its node has no name for one */
export function commandOfPlan({ purpose, checks, nodeName, of }: Plan): string | null {
  if (purpose === 'undo' && of !== null) return `undo ${of.slice(0, 8)}`;
  if (purpose === 'redo' && of !== null) return `undo ${of.slice(0, 8)} --redo`;
  const node = quote(nodeName);
  if (!node.ok) return null;
  if (purpose === 'allow-changes') return `allow --node ${node.text}`;
  if (purpose === 'remove') return `remove --node ${node.text}`;
  return purpose === 'fix' ? `fix ${checks.join(' ')} --node ${node.text}` : null;
}

/** The console has no terminal and no window in which it could ask: what to type where there is one. */
export function nobodyToAsk(command: string | null): ConsoleError {
  const name = commandName(process.env);
  return new ConsoleError(
    'NOT_ALLOWED',
    'Swarmkeep runs without a terminal here, so it could ask nobody for a yes.',
    {
      untouched: 'Nothing was changed.',
      next:
        command === null
          ? 'Start it in a terminal, then order it again.'
          : `Order it in a terminal of this computer: ${name} ${command}`,
    },
  );
}
