import { dirname } from 'node:path';
import { verifyRecords } from '#core/dependencies/inventory/verify-records.ts';
import type { ScriptHost } from '#core/hosts/host.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import type { RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import type { Verification } from '#shared/domain/dependencies/verification.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { announce, type Context, requireNode } from './context.ts';
import { packagesSeen } from './dependencies-seen.ts';
import { ConsoleError } from './service.ts';

const NEVER: Verification = {
  state: 'never',
  startedAt: null,
  endedAt: null,
  words: '',
  trouble: '',
  checks: [],
};

/** Holding installed files against their RECORDs: one at a time for each node, with what came of it until the console ends. */
export interface Verifying {
  /** @throws ConsoleError NODE_UNKNOWN, or NOT_ALLOWED where there is nothing to hash or it goes on already */
  begin(node: string): Promise<Verification>;
  of(node: string): Promise<Verification>;
  cancel(node: string): Promise<Verification>;
  close(): Promise<void>;
}

/** Environments whose files pip recorded; packages of the system are dpkg's to verify. */
export function isRecorded({ kind, packages }: Environment): boolean {
  return packages.length > 0 && ['virtual-environment', 'user', 'system'].includes(kind);
}

/** Where the scripts of an environment lie that RECORDs name outside of its folder of packages; null where others share it. */
export function recordRoot({ kind, interpreter }: Environment): string | null {
  return kind === 'virtual-environment' && interpreter !== null ? dirname(dirname(interpreter)) : null;
}

export function createVerifying(context: Context): Verifying {
  const { clock, dataFolder } = context;
  const jobs = new Map<string, { shown: Verification; stop: AbortController; ended: Promise<void> }>();

  async function run(
    job: { shown: Verification; stop: AbortController },
    host: ScriptHost,
    environments: readonly Environment[],
  ): Promise<void> {
    const checks: RecordCheck[] = [];
    const end = (state: Verification['state'], trouble = ''): void => {
      const endedAt = clock.now().toISOString();
      job.shown = { ...job.shown, state, endedAt, words: '', trouble, checks: [...checks] };
    };
    try {
      for (const environment of environments) {
        job.shown = { ...job.shown, words: shortened(`Hashing files in ${visible(environment.id)}`, 256) };
        const result = await verifyRecords(host, {
          sitePackages: environment.id,
          root: recordRoot(environment),
          sudo: true,
          signal: job.stop.signal,
        });
        if (job.stop.signal.aborted) return end('cancelled');
        if (!result.ok)
          return end('failed', shortened(visible(`${result.error.message} ${result.error.next}`), 1_024));
        checks.push(result.check);
      }
      end('done');
    } catch (error) {
      end('failed', shortened(visible(error instanceof Error ? error.message : String(error)), 1_024));
    } finally {
      await host.close();
      announce(context, 'dependencies');
    }
  }

  return {
    async begin(id) {
      const node = await requireNode(context, id);
      const before = jobs.get(id);
      if (before?.shown.state === 'running') return before.shown;
      const environments = ((await packagesSeen(context, id))?.environments ?? []).filter(isRecorded);
      if (node.address.kind === 'recorded' || environments.length === 0)
        throw new ConsoleError(
          'NOT_ALLOWED',
          node.address.kind === 'recorded'
            ? 'A recording has no files to be hashed.'
            : 'There is no environment whose files somebody recorded.',
          { untouched: 'Nothing was changed.', next: 'Look at the node first.' },
        );
      const host = hostFor(node.address, { dataFolder });
      if (host.kind === 'recorded') return NEVER;
      const startedAt = clock.now().toISOString();
      const job = {
        shown: { ...NEVER, state: 'running' as const, startedAt, words: 'Beginning' } as Verification,
        stop: new AbortController(),
        ended: Promise.resolve(),
      };
      jobs.set(id, job);
      job.ended = run(job, host, environments);
      return job.shown;
    },
    of: async (id) => jobs.get(id)?.shown ?? NEVER,
    async cancel(id) {
      const job = jobs.get(id);
      job?.stop.abort();
      await job?.ended;
      return job?.shown ?? NEVER;
    },
    async close() {
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
  };
}
