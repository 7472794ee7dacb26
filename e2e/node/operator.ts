import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, createDirectClient } from '#core/api/direct-client.ts';
import { createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import { realLooking } from '#core/console/default-looking.ts';
import type { Fixing } from '#core/console/fix-desk.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import type { Guest } from './guest.ts';
import { hostKeysOf } from './look-at-guest.ts';

/** Of the account of the operator in the scenarios. */
export const PASSWORD = 'correct horse battery';
const REST = new Set(['done', 'not-verified', 'rolled-back', 'reverted', 'undone', 'stuck', 'unconfirmed']);

export type Statuses = Partial<Record<CheckId, FindingStatus>>;

/** A person at a console on this machine, who says yes to every plan, keeps it, and knows the password of sudo. */
export class Operator {
  readonly client: ApiClient;
  readonly node: string;
  readonly #close: () => Promise<void>;

  private constructor(client: ApiClient, node: string, close: () => Promise<void>) {
    this.client = client;
    this.node = node;
    this.#close = close;
  }

  /** Open a console on a data folder of its own and put the guest into it, as the account `minotaur`. */
  static async at(guest: Guest, dataFolder: string): Promise<Operator> {
    const { client, close } = await openConsole(dataFolder, guest.patience);
    const host = { host: '127.0.0.1', port: guest.port };
    const keys = await hostKeysOf(host);
    for (let left = 5; ; left -= 1) {
      try {
        const added = await client.nodes.add({
          name: 'miu',
          address: { kind: 'ssh', ...host, user: 'minotaur', identityFile: guest.key },
          confirmedKeys: keys.map((key) => key.line),
        });
        return new Operator(client, added.id, close);
      } catch (error) {
        // Somebody whose node does not answer in time tries again.
        say(`adding the node: ${error instanceof Error ? error.message : error}`);
        if (left === 1) throw error;
      }
    }
  }

  /** Open the console on its data folder again. `patience` is that of the guest; `fixing` says where to break. */
  static async back(dataFolder: string, patience: number, fixing?: Partial<Fixing>): Promise<Operator> {
    const { client, close } = await openConsole(dataFolder, patience, fixing);
    const [node] = await client.nodes.list();
    if (node === undefined) throw new Error('The console knows no node any more.');
    return new Operator(client, node.id, close);
  }

  /** Look at the node and wait for the findings. Somebody whose node does not answer in time looks again. */
  async look(when: string): Promise<Statuses> {
    for (let left = 5; ; left -= 1) {
      const { looks } = await this.client.looks.start({ nodes: [this.node] });
      const began = Date.now();
      const end = await this.#ended(looks[0]?.look ?? '');
      const took = ((Date.now() - began) / 1_000).toFixed(0);
      if (end.state === 'done') {
        const now = await this.found();
        say(`${when} (a look of ${took} s): ${words(now)}`);
        return now;
      }
      say(`${when}: ${end.state} after ${took} s, ${end.error}`);
      if (left === 1) throw new Error(`no look was possible ${when}: ${end.error}`);
    }
  }

  async #ended(look: string): Promise<LookState> {
    const stream = randomBytes(8).toString('hex');
    const messages = await this.client.looks.progress({ stream });
    for await (const message of messages) {
      await this.client.streams.acknowledge({ stream, number: message.number });
      const states =
        message.kind === 'snapshot' ? message.value : message.kind === 'delta' ? [message.value] : [];
      const state = states.find((one) => one.look === look && one.endedAt !== null);
      if (state) return state;
    }
    throw new Error('the stream of looks ended');
  }

  /** What the newest look found. */
  async found(): Promise<Statuses> {
    const findings = await this.client.findings.list({ node: this.node });
    return Object.fromEntries(findings.map((finding) => [finding.check, finding.status]));
  }

  /** What the newest look found out about a check, for the message of a failed test. */
  async why(check: CheckId): Promise<string> {
    const findings = await this.client.findings.list({ node: this.node });
    const finding = findings.find((entry) => entry.check === check);
    const parts = (finding?.evidence ?? []).filter(
      ({ status }) => !['pass', 'not-applicable'].includes(status),
    );
    return `${finding?.summary} ${parts.map((part) => `${part.what}: ${part.seen}`).join('; ')}`;
  }

  /**
   * Checks that a program repairs here. Packages are compared with nothing, for the console has no advisories; their upgrade is tried
   * with a real pip and an index on loopback (e2e/fixes/package-upgrade).
   */
  async repairable(): Promise<CheckId[]> {
    const { checks } = await this.client.fixes.available({ node: this.node });
    return checks
      .filter(({ automatic, check }) => automatic && check !== 'dependency-audit')
      .map(({ check }) => check);
  }

  /** Order a plan, keep it where it would take itself back, and wait until it has come to rest. */
  async order(plan: Plan): Promise<AppliedChange> {
    const began = Date.now();
    let now = await this.orderOnly(plan);
    if (now.state === 'unconfirmed') {
      await this.client.fixes.keep({ change: now.id });
      now = await this.atRest(now.id, 'unconfirmed');
    }
    const took = ((Date.now() - began) / 1_000).toFixed(0);
    const results = now.results.map((result) => `${result.check} ${result.status}`).join(', ');
    say(`${plan.title} (${plan.steps.length} steps, ${took} s): ${now.state} ${now.error ?? ''} ${results}`);
    return now;
  }

  /** Order a plan and wait until it has come to rest, or would have to be kept. */
  async orderOnly(plan: Plan, ordered: (change: string) => void = () => undefined): Promise<AppliedChange> {
    if (plan.blocked !== null) throw new Error(`${plan.title}: ${plan.blocked}`);
    const { change } = await this.client.plans.apply({ plan: plan.id, hash: plan.hash });
    ordered(change);
    return this.atRest(change);
  }

  /** Wait until a change has ended, kept by nobody if nobody has. */
  async ended(change: string): Promise<AppliedChange> {
    for (;;) {
      const now = await this.client.fixes.get({ change });
      if (now.endedAt !== null) return now;
      await sleep(500);
    }
  }

  /** Wait until a change has come to rest, in another state than `notAgain`. */
  async atRest(change: string, notAgain = ''): Promise<AppliedChange> {
    for (;;) {
      await sleep(500);
      const now = await this.client.fixes.get({ change });
      if (REST.has(now.state) && now.state !== notAgain) return now;
    }
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function openConsole(dataFolder: string, patience: number, fixing?: Partial<Fixing>) {
  const consent = { ask: async () => true, askPassword: async () => PASSWORD };
  const service = await createConsole({
    dataFolder,
    shell: 'web',
    version: '0.1.0',
    consent,
    schedule: false,
    ...(fixing === undefined ? {} : { fixing }),
    looking: realLooking({ dataFolder, recording: '/dev/null', version: '0.1.0', patience }),
  });
  const log = {
    error: (what: string, error: unknown) => process.stderr.write(`${what}: ${error}\n`),
  };
  const api = createApi({ service, consent, log });
  const client = createDirectClient(api, {
    kind: 'operator-terminal',
    client: 'the test of a booted node',
  });
  const close = async () => {
    api.close();
    await service.close();
  };
  return { client, close };
}

/** A line on standard output with the time: these tests take long. */
export function say(line: string): void {
  process.stdout.write(`  ${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function words(statuses: Statuses): string {
  const by = Object.groupBy(Object.entries(statuses), ([, status]) => status);
  return Object.entries(by)
    .map(([status, entries]) => `${status}: ${(entries ?? []).map(([check]) => check).join(' ')}`)
    .join(' · ');
}
