import type { ConsentGate } from '#core/console/service.ts';
import type { PlanRegistry, UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { examplePlan } from '#core/fixes/plans/testing/example-plan.ts';
import type { Caller } from '../caller.ts';
import type { ApiClient } from '../direct-client.ts';
import { type Api, createApi } from '../router.ts';
import { InMemoryConsole } from '../testing/in-memory-console.ts';

/** One end of a transport as a client has it. */
export interface Connection {
  client: ApiClient;
  /** Cut the connection as a crash would, without saying goodbye. */
  cut(): Promise<void>;
}

/** How an api is put on a wire, and how a client gets to it. */
export interface Transport {
  name: string;
  /** Who is at the other end. */
  caller: Caller['kind'];
  serve(api: Api, log: Log): Promise<{ connect(): Promise<Connection>; close(): Promise<void> }>;
}

/** Keeps what would be written to the log. */
export class Log {
  readonly entries: { what: string; error: unknown }[] = [];

  error(what: string, error: unknown): void {
    this.entries.push({ what, error });
  }
}

export const PLAN: UnhashedPlan = examplePlan();

/** All that a conformance test needs: a double behind a real api on a real wire. */
export interface Bench {
  service: InMemoryConsole;
  api: Api;
  log: Log;
  /** What the person was asked. */
  questions: { title: string; lines: readonly string[] }[];
  /** What the person answers; replaced by tests. */
  person: { answer: () => Promise<boolean> };
  plans: PlanRegistry;
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

export async function setUp(transport: Transport, consent = true): Promise<Bench> {
  const service = new InMemoryConsole();
  const log = new Log();
  const plans = service.planRegistry;
  const questions: Bench['questions'] = [];
  const person = { answer: async () => true };
  const gate: ConsentGate = {
    ask: (question) => {
      questions.push(question);
      return person.answer();
    },
  };
  const api = createApi({ service, consent: consent ? gate : null, log });
  const served = await transport.serve(api, log);
  return {
    service,
    api,
    log,
    questions,
    person,
    plans,
    connect: served.connect,
    async close() {
      api.close();
      await served.close();
    },
  };
}
