import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QuestionDesk } from '#core/console/question-desk.ts';
import type { ConsentGate } from '#core/console/service.ts';
import { examplePlan } from '#core/fixes/plans/testing/example-plan.ts';
import { createDirectClient } from './direct-client.ts';
import { type LocalSocket, serveLocalSocket } from './local-socket.ts';
import { createApi } from './router.ts';
import { type RunningConsole, reachConsole } from './running-console.ts';
import { InMemoryConsole } from './testing/in-memory-console.ts';

/** A console without a terminal of its own behind its real socket, and a command that has one. */
describe('a command beside a console that can ask nobody', () => {
  let folder: string;
  let service: InMemoryConsole;
  let socket: LocalSocket;
  let running: RunningConsole;
  let api: ReturnType<typeof createApi>;
  let own: ConsentGate;
  const logged: unknown[] = [];
  const log = { error: (...what: unknown[]) => logged.push(what) };
  const said: string[] = [];

  async function open(gate: ConsentGate): Promise<QuestionDesk> {
    own = gate;
    const questions = new QuestionDesk(own, 'terminal');
    api = createApi({ service, consent: questions, log });
    const admin = { freshLink: async () => null, showWindow: async () => false };
    socket = await serveLocalSocket({ api, dataFolder: folder, admin, questions, log });
    const reached = await reachConsole(folder);
    if (reached === null) throw new Error('the console was not reached');
    running = reached;
    return questions;
  }
  const order = () => {
    const plan = service.planRegistry.add(examplePlan({}));
    return running.client.plans.apply({ plan: plan.id, hash: plan.hash });
  };
  const command = (agrees: boolean): ConsentGate => ({
    ask: async ({ title }) => {
      said.push(title);
      return agrees;
    },
    askPassword: async () => 'correct horse',
    tell: (words) => void said.push(words),
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-command-'));
    service = new InMemoryConsole();
    said.length = 0;
    logged.length = 0;
  });
  afterEach(async () => {
    await socket.close();
    api.close();
    rmSync(folder, { recursive: true });
  });

  it('is asked in its own terminal, for its own orders only', async () => {
    await open({ canAsk: false, ask: async () => false });
    await expect(order()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const end = await running.offerTerminal(command(true));
    await expect(order()).resolves.toMatchObject({ change: expect.any(String) });
    expect(said).toEqual([expect.stringContaining('mycoSwarm on miu')]);
    // A page gets no yes from the terminal of a command.
    const page = createDirectClient(api, { kind: 'renderer', client: 'tab' });
    const plan = service.planRegistry.add({ ...examplePlan({}), id: 'e'.repeat(32) });
    await expect(page.plans.apply({ plan: plan.id, hash: plan.hash })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      data: { next: expect.stringMatching(/swarmkeep fix .* --node miu$/) },
    });
    end();
  });

  it('says no with the person, and when it ends in the middle of a question', async () => {
    const desk = await open({ canAsk: false, ask: async () => false });
    const end = await running.offerTerminal(command(false));
    await expect(order()).rejects.toMatchObject({ code: 'CONSENT_REFUSED' });
    end();
    const asked = Promise.withResolvers<void>();
    const gone = await running.offerTerminal({
      ask: () => {
        asked.resolve();
        return new Promise<boolean>(() => undefined);
      },
    });
    const ordered = order().catch((error: unknown) => error);
    await asked.promise;
    expect(desk.list()).toMatchObject([{ kind: 'consent', where: 'command' }]);
    gone();
    expect(await ordered).toMatchObject({ code: 'CONSENT_REFUSED' });
    expect(desk.list()).toEqual([]);
  });

  it('hands a password over for its own work, and it is in no log and in nothing that a page can read', async () => {
    const desk = await open({ canAsk: false, ask: async () => false });
    const page = createDirectClient(api, { kind: 'renderer', client: 'tab' });
    const given: (string | null | undefined)[] = [];
    const shown: unknown[] = [];
    service.nodes.list = async () => {
      const answer = desk.askPassword?.({ title: 'Password of sudo on miu', lines: [] });
      shown.push(await page.questions.open());
      given.push(await answer);
      return [];
    };
    await page.nodes.list();
    const end = await running.offerTerminal(command(true));
    await running.client.nodes.list();
    expect(given).toEqual([undefined, 'correct horse']);
    expect(shown[1]).toMatchObject([{ kind: 'password', where: 'command' }]);
    expect(JSON.stringify([shown, logged])).not.toContain('correct horse');
    end();
  });

  it('leaves consent to the terminal of the console where that has one, and says that it waits there', async () => {
    let asked = 0;
    await open({
      ask: async () => {
        asked += 1;
        return true;
      },
    });
    const end = await running.offerTerminal(command(true));
    await order();
    expect(asked).toBe(1);
    // It comes on a stream of its own, beside the answer.
    while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(said).toEqual([expect.stringMatching(/^The terminal in which Swarmkeep runs asks for your yes/)]);
    end();
  });

  it('can be taken back from a page', async () => {
    const desk = await open({
      ask: (_question, { signal } = {}) =>
        new Promise((resolve) => signal?.addEventListener('abort', () => resolve(false))),
    });
    const page = createDirectClient(api, { kind: 'renderer', client: 'tab' });
    const ordered = order().catch((error: unknown) => error);
    while (desk.list().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [open1] = await page.questions.open();
    await expect(page.questions.dismiss({ question: open1?.id ?? '' })).resolves.toEqual({ dismissed: true });
    expect(await ordered).toMatchObject({ code: 'CONSENT_REFUSED' });
  });
});
