import { type ApiClient, createDirectClient } from '#core/api/direct-client.ts';
import { createApi } from '#core/api/router.ts';
import { reachConsole } from '#core/api/running-console.ts';
import type { ConsentGate } from '#core/console/service.ts';
import { StoreError } from '#core/store/store-error.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** A console as a command uses it, whoever runs it. */
export interface OpenConsole {
  client: ApiClient;
  /** Gives the records free when this command had taken them. */
  close(): Promise<void>;
  /** It runs elsewhere, and asks there for consent. */
  elsewhere: boolean;
}

export interface ConsolePlace {
  dataFolder: string;
  version: string;
  terminal: Terminal;
  /** Follows logs when no console does. */
  watching?: boolean;
  /** Takes the records from a console that only watches in the background, where nobody could be asked for consent. */
  takesOver?: boolean;
  /** How this command asks for consent; by default it shows the question of the console and waits for yes. */
  consent?: ConsentGate;
}

/**
 * Reaches the running console over its socket, or takes the records for the time of this command.
 * @throws CommandFailure when the records cannot be used
 */
export async function openConsole(place: ConsolePlace): Promise<OpenConsole> {
  const { dataFolder, version, terminal } = place;
  const running = await reachConsole(dataFolder);
  const isFree = running === null || ((place.takesOver ?? false) && (await running.standDown()));
  if (running !== null && !isFree) {
    const gate = place.consent ?? askHere(terminal);
    const end = place.takesOver
      ? await running.offerTerminal(elsewhereGate(gate, terminal))
      : () => undefined;
    return { client: running.client, elsewhere: true, close: async () => end() };
  }
  const { createConsole } = await import('#core/console/create-console.ts');
  const consent = place.consent ?? askHere(terminal);
  try {
    const service = await createConsole({
      dataFolder,
      shell: 'command-line',
      version,
      consent,
      watching: place.watching ?? false,
    });
    const log = { error: (what: string, error: unknown) => logError(terminal, what, error) };
    const api = createApi({ service, consent, log });
    return {
      elsewhere: false,
      client: createDirectClient(api, { kind: 'operator-terminal', client: 'this-process' }),
      async close() {
        api.close();
        await service.close();
      },
    };
  } catch (error) {
    if (error instanceof StoreError) throw couldNot(error.message, `${error.untouched} ${error.next}`);
    throw error;
  }
}

/** The terminal of the command is outside of every renderer. */
function askHere(terminal: Terminal): ConsentGate {
  return {
    canAsk: terminal.canAsk === true,
    async ask({ title, lines }, { signal } = {}) {
      terminal.error.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
      const answer = await terminal.ask('Type yes to agree, anything else to refuse: ', signal);
      return answer?.trim().toLowerCase() === 'yes';
    },
    askPassword: askPasswordHere(terminal),
    tell: (words) => void terminal.error.write(`${visible(words)}\n`),
  };
}

/** @returns how a password is asked for in the terminal of the command */
export function askPasswordHere(terminal: Terminal): NonNullable<ConsentGate['askPassword']> {
  return ({ title, lines }, { signal } = {}) => {
    terminal.error.write(`\n${lines.map((line) => `${visible(line)}\n`).join('')}`);
    return terminal.askHidden(`${visible(title)}: `, signal);
  };
}

/** What a console that runs elsewhere may ask here: a password only where somebody sits, and it says here what it waits for. */
function elsewhereGate(gate: ConsentGate, terminal: Terminal): ConsentGate {
  return {
    canAsk: gate.canAsk !== false,
    ask: (question, how) => gate.ask(question, how),
    ...(terminal.canAsk === true && gate.askPassword !== undefined && { askPassword: gate.askPassword }),
    tell: (words) =>
      void terminal.error.write(`\r\u001b[2K${visible(words)}\n`.slice(terminal.error.isTTY ? 0 : 5)),
  };
}

/** In the command line the log is standard error. */
function logError(terminal: Terminal, what: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : '';
  terminal.error.write(`${what}\n${text.split('\n').slice(0, 20).map(visible).join('\n')}\n`);
}
