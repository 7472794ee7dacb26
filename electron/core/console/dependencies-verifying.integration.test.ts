import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { install, makeEnvironment } from '#core/dependencies/inventory/testing/make-environment.ts';
import type { Context } from './context.ts';
import { createVerifying } from './dependencies-verifying.ts';
import { createEmitter } from './emitter.ts';

let base: string;
let site: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-verifying-'));
  site = makeEnvironment(join(base, 'venv'));
  install(site, { name: 'h11', version: '0.14.0', files: { 'h11/__init__.py': 'x = 1\n' } });
});
afterAll(() => rmSync(base, { recursive: true }));

/** A console whose one node is this computer, and whose last look saw the made environment and nothing else. */
function verifying() {
  const facts = stockNode();
  const { python } = facts.subjects;
  if (python.state !== 'seen') throw new Error('The stock node has no Python');
  const [first] = python.value.environments;
  if (first === undefined) throw new Error('The stock node has no environment');
  const environments = [
    {
      ...first,
      root: join(base, 'venv'),
      sitePackages: site,
      kind: 'virtual-environment' as const,
      distributions: first.distributions.slice(0, 1),
    },
  ];
  const seen = {
    ...facts,
    subjects: { ...facts.subjects, python: { ...python, value: { ...python.value, environments } } },
  };
  const context = {
    store: {
      facts: async () => JSON.stringify(seen),
      listNodes: async () => [{ id: 'here', name: 'here', address: { kind: 'local' } }],
    },
    clock: { now: () => new Date() },
    changes: createEmitter(),
    dataFolder: base,
  } as unknown as Context;
  return createVerifying(context);
}

it('hashes installed files as a job: as recorded, then changed; and knows nothing of a node that is not there', async () => {
  const own = verifying();
  const ended = async () => {
    await vi.waitFor(async () => expect((await own.of('here')).state).not.toBe('running'), 30_000);
    return own.of('here');
  };
  expect(await own.of('here')).toMatchObject({ state: 'never', checks: [] });
  expect(await own.begin('here')).toMatchObject({ state: 'running' });
  // Asked again, it is the same job.
  expect(await own.begin('here')).toMatchObject({ state: 'running' });
  expect(await ended()).toMatchObject({
    state: 'done',
    checks: [{ environment: site, changed: [], missing: [] }],
  });
  writeFileSync(join(site, 'h11/__init__.py'), 'x = 2\n');
  await own.begin('here');
  expect((await ended()).checks[0]?.changed).toMatchObject([{ package: 'h11' }]);
  await own.begin('here');
  expect((await own.cancel('here')).state).toMatch(/^(cancelled|done)$/);
  await own.close();
  await expect(own.begin('elsewhere')).rejects.toMatchObject({ code: 'NODE_UNKNOWN' });
});
