import { join } from 'node:path';
import type { Page } from 'playwright';
import { createApi } from '#core/api/router.ts';
import { QuestionDesk } from '#core/console/question-desk.ts';
import { CODE_PARAMETER } from '#shared/contract/web-shell.ts';
import { readPageFiles } from '../../../electron/web/page-files.ts';
import { startWebShell, type WebShell } from '../../../electron/web/web-shell.ts';
import { ConsoleDouble } from './console-double.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/all.ts';

/** A console double behind the real router and the real web shell. */
export interface DoubleConsole {
  shell: WebShell;
  double: ConsoleDouble;
  scenario: Scenario;
  /** Where its questions wait. */
  questions: QuestionDesk;
  close(): Promise<void>;
}

/** The built page; another folder for trying a build while the usual one is in use. */
const page = readPageFiles(
  process.env.SWARMKEEP_PAGE ?? join(import.meta.dirname, '..', '..', '..', 'dist', 'renderer'),
);

/**
 * Start a console double behind the web shell, on any free port of the loopback.
 * @param name of a scenario
 * @throws Error when there is no such scenario
 */
export async function startDouble(name: string): Promise<DoubleConsole> {
  const make = SCENARIOS[name];
  if (!make) throw new Error(`There is no scenario ${name}`);
  const scenario = make();
  const double = new ConsoleDouble(scenario);
  const log = { error: () => undefined };
  const questions = new QuestionDesk(
    {
      ask: (_question, { signal } = {}) =>
        Promise.race([double.changing.consent(), takenBack(signal).then(() => false)]),
      askPassword: (_question, { signal } = {}) => takenBack(signal).then(() => null),
    },
    'terminal',
  );
  const api = createApi({ service: double, consent: questions, log });
  const shell = await startWebShell({ api, page, listen: { kind: 'port', port: 0 }, log });
  const close = async () => {
    await double.close();
    api.close();
    await shell.close();
  };
  return { shell, double, scenario, questions, close };
}

/** Waits until a question is taken back: nobody sits in front of the double. */
function takenBack(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
}

/**
 * Open a console in a tab: the clock at the scenario's evening, then the one-time link, then the page.
 * @param route what follows the hash; Home when left out
 */
export async function openDouble(tab: Page, running: DoubleConsole, route?: string): Promise<void> {
  await tab.clock.install({ time: Date.parse(running.scenario.now) + 30_000 });
  // Home is where the link leads; going there again could cross the way that Home itself sends a first start.
  if (route !== undefined && route !== '/')
    await tab.addInitScript(leadLinkTo, { code: CODE_PARAMETER, route });
  await tab.goto(running.shell.freshLink());
  await tab.waitForSelector('main');
}

/**
 * Runs in the tab before the page: when the page takes the one-time code out of its address, it finds itself where a route
 * leads, as after a reload there. Home is not drawn first for each of a hundred tests of other pages.
 */
function leadLinkTo({ code, route }: { code: string; route: string }): void {
  if (!window.location.hash.startsWith(`#${code}=`)) return;
  const { history } = window;
  const replaceState = history.replaceState;
  history.replaceState = (data, unused, address) => {
    history.replaceState = replaceState;
    history.replaceState(data, unused, `${address}#${route}`);
  };
}
