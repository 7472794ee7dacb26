import { ORPCError } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../direct-client.ts';
import { INTERNAL_MESSAGE } from '../safe-errors.ts';
import { SECRET_MISTAKE } from '../testing/in-memory-console.ts';
import { type Bench, PLAN, setUp, type Transport } from './bench-of-transport.ts';
import { streamConformance } from './stream-conformance.ts';

/** A busy machine gets its time. */
const SOON = { timeout: 15_000 };

/** What every transport must do alike. Run it in an integration test: it uses real ports, sockets and servers. */
export function conformance(transport: Transport): void {
  describe(`conformance over ${transport.name}`, () => {
    let bench: Bench;
    let client: ApiClient;
    beforeEach(async () => {
      bench = await setUp(transport);
      client = (await bench.connect()).client;
    });
    afterEach(() => bench.close());

    it('answers a valid call, with defaults filled in', async () => {
      const address = { kind: 'ssh', host: 'miu.local' } as const;
      await expect(client.nodes.add({ name: 'Miu', address })).resolves.toMatchObject({
        id: 'miu',
        address: { kind: 'ssh', port: 22 },
      });
      await expect(client.nodes.list()).resolves.toHaveLength(1);
    });

    it('refuses input that the contract does not allow, and says where', async () => {
      const bad = { name: 'x', address: { kind: 'ssh', host: '-oProxyCommand=id' } } as const;
      const error = await failure(client.nodes.add(bad));
      expect(error).toMatchObject({ code: 'BAD_REQUEST', status: 400 });
      expect(error.message).toContain('address.host');
      expect(JSON.stringify(error)).not.toContain('ProxyCommand');
      expect(bench.service.nodesById.size).toBe(0);
    });

    it('refuses input of the wrong shape altogether', async () => {
      for (const input of [null, 7, [], 'text', { node: { toString: 1 } }]) {
        const error = await failure(client.findings.get(input as never));
        expect(error).toMatchObject({ code: 'BAD_REQUEST' });
      }
    });

    it('says that an unknown procedure is unknown', async () => {
      const open = client as unknown as Record<string, Record<string, () => Promise<unknown>>>;
      for (const [group, procedure] of [
        ['nodes', 'destroy'],
        ['nothing', 'at-all'],
        ['constructor', 'prototype'],
        ['nodes', 'hasOwnProperty'],
      ] as const) {
        const error = await failure(open[group]?.[procedure]?.() ?? Promise.resolve());
        expect(error).toMatchObject({ code: 'NOT_FOUND' });
      }
    });

    it('carries an error of the contract with code, message and what to do next', async () => {
      const address = { kind: 'local' } as const;
      await client.nodes.add({ name: 'miu', address });
      expect(await failure(client.nodes.add({ name: 'miu', address }))).toMatchObject({
        code: 'NODE_EXISTS',
        defined: true,
        status: 409,
        message: 'There is a node miu already.',
        data: { untouched: '', next: 'Choose another name.' },
      });
    });

    it('makes machine text in an error visible', async () => {
      const error = await failure(client.findings.overview({ node: null }));
      expect(error.message).toBe('No node is called \\x1b[31mred\\u{202e}.');
    });

    it('tells nothing of a mistake inside, and logs it', async () => {
      const error = await failure(client.nodes.remove({ node: 'miu' }));
      expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: INTERNAL_MESSAGE });
      expectNoLeak(error);
      expect(bench.log.entries).toHaveLength(1);
      expect(String(bench.log.entries[0]?.error)).toContain(SECRET_MISTAKE);
    });

    it('lets no answer out that the contract does not allow', async () => {
      const error = await failure(client.nodes.restore({ undo: 'x' }));
      expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: INTERNAL_MESSAGE });
      expectNoLeak(error);
      expect(bench.log.entries[0]?.what).toBe('nodes.restore failed');
    });

    it('answers 1,000 calls in flight, each its own', async () => {
      await client.nodes.add({ name: 'miu', address: { kind: 'local' } });
      const gate = Promise.withResolvers<void>();
      bench.service.held = gate.promise;
      const calls = Array.from({ length: 1_000 }, (_, index) =>
        client.nodes.rename({ node: 'miu', name: `name-${index}` }),
      );
      setTimeout(gate.resolve, 50);
      const answers = await Promise.all(calls);
      expect(answers.map((answer) => answer.name)).toEqual(
        Array.from({ length: 1_000 }, (_, index) => `name-${index}`),
      );
    });

    describe('a privileged change', () => {
      it('is refused without a plan', async () => {
        const hash = 'a'.repeat(64);
        expect(await failure(client.plans.apply({ plan: 'none', hash }))).toMatchObject({
          code: 'PLAN_UNKNOWN',
        });
        expect(await failure(client.plans.apply({} as never))).toMatchObject({ code: 'PLAN_UNKNOWN' });
        expectUntouched(bench, 0);
      });

      it('is refused with the wrong hash', async () => {
        bench.plans.add(PLAN);
        expect(await failure(client.plans.apply({ plan: PLAN.id, hash: 'a'.repeat(64) }))).toMatchObject({
          code: 'PLAN_CHANGED',
          data: { untouched: 'Nothing was changed.' },
        });
        expectUntouched(bench, 0);
      });

      it('is refused without consent, whatever the way the person does not agree', async () => {
        const { hash } = bench.plans.add(PLAN);
        const answers: (() => Promise<boolean>)[] = [
          async () => false,
          async () => 'yes' as unknown as boolean,
          () => Promise.reject(new Error('no display')),
        ];
        for (const answer of answers) {
          bench.person.answer = answer;
          expect(await failure(client.plans.apply({ plan: PLAN.id, hash }))).toMatchObject({
            code: 'CONSENT_REFUSED',
          });
        }
        expectUntouched(bench, 3);
      });

      it('is refused where nobody can be asked', async () => {
        const alone = await setUp(transport, false);
        try {
          const connection = await alone.connect();
          const { hash } = alone.plans.add(PLAN);
          expect(await failure(connection.client.plans.apply({ plan: PLAN.id, hash }))).toMatchObject({
            code: 'CONSENT_REFUSED',
          });
          expect(alone.service.applied).toEqual([]);
        } finally {
          await alone.close();
        }
      });

      it('asks one question at a time, and refuses a plan that changed meanwhile', async () => {
        const { hash } = bench.plans.add(PLAN);
        const answer = Promise.withResolvers<boolean>();
        bench.person.answer = () => answer.promise;
        const first = failure(client.plans.apply({ plan: PLAN.id, hash }));
        await expect.poll(() => bench.questions.length, SOON).toBe(1);
        expect(await failure(client.plans.apply({ plan: PLAN.id, hash }))).toMatchObject({
          code: 'CONSENT_REFUSED',
        });
        bench.plans.add({ ...PLAN, steps: [] });
        answer.resolve(true);
        expect(await first).toMatchObject({ code: 'PLAN_CHANGED' });
        expectUntouched(bench, 1);
      });

      it('is refused when the plan is blocked, without asking anybody', async () => {
        const { hash } = bench.plans.add({ ...PLAN, blocked: 'Nothing is allowed on miu.' });
        expect(await failure(client.plans.apply({ plan: PLAN.id, hash }))).toMatchObject({
          code: 'NOT_ALLOWED',
          message: 'Nothing is allowed on miu.',
        });
        expectUntouched(bench, 0);
      });

      it('happens once, with consent to what the core made', async () => {
        const { hash } = bench.plans.add(PLAN);
        await expect(client.plans.apply({ plan: PLAN.id, hash })).resolves.toEqual({ change: 'change-1' });
        expect(bench.questions[0]?.title).toBe(PLAN.title);
        expect(bench.questions[0]?.lines.join('\n')).toContain('/etc/swarmkeep/rules.nft is written');
        expect(bench.questions[0]?.lines.join('\n')).toContain(hash);
        expect(await failure(client.plans.apply({ plan: PLAN.id, hash }))).toMatchObject({
          code: 'PLAN_UNKNOWN',
        });
        expect(bench.service.applied).toEqual([{ plan: PLAN.id, hash }]);
      });
    });

    describe('leaving a change as it is', () => {
      const change = 'd'.repeat(32);

      it('is refused without consent, and where nobody can be asked', async () => {
        bench.person.answer = async () => false;
        expect(await failure(client.fixes.leave({ change }))).toMatchObject({ code: 'CONSENT_REFUSED' });
        expect(bench.questions).toHaveLength(1);
        const alone = await setUp(transport, false);
        try {
          const connection = await alone.connect();
          expect(await failure(connection.client.fixes.leave({ change }))).toMatchObject({
            code: 'CONSENT_REFUSED',
          });
          expect([...bench.service.left, ...alone.service.left]).toEqual([]);
        } finally {
          await alone.close();
        }
      });

      it('happens with consent to what is left there, and says that nothing brings it back', async () => {
        await expect(client.fixes.leave({ change })).resolves.toMatchObject({ state: 'rolled-back' });
        expect(bench.service.left).toEqual([change]);
        const [question] = bench.questions;
        expect(question?.title).toBe('Leave it as it is: Close the way out');
        expect(question?.lines.join('\n')).toContain('Left as it is: Write /etc/b: It was changed.');
        expect(question?.lines.join('\n')).toContain('no undo brings back');
      });
    });

    it('lets a page have no part in what is for commands only', async () => {
      const said = await failure(client.dependencies.takenBeside());
      // The double does not do it; whoever may not ask is refused before it is reached.
      const may = transport.caller === 'operator-terminal';
      expect(said).toMatchObject({ code: may ? 'NOT_SUPPORTED_HERE' : 'NOT_ALLOWED' });
    });

    streamConformance(() => bench);
  });
}

async function failure(call: PromiseLike<unknown>): Promise<ORPCError<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ORPCError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

/** Neither on the wire nor, in the same process, behind the error. */
function expectNoLeak(error: ORPCError<string, unknown>): void {
  const all = JSON.stringify({ ...error.toJSON(), cause: String(error.cause ?? '') });
  for (const secret of ['hunter2', '/home/', 'in-memory-console', 'node_modules']) {
    expect(all).not.toContain(secret);
  }
}

function expectUntouched(bench: Bench, questions: number): void {
  expect(bench.service.applied).toEqual([]);
  expect(bench.questions).toHaveLength(questions);
}
