import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type ConsoleOptions, createConsole } from '../create-console.ts';
import type { ConsoleNotice } from '../notices.ts';
import type { ConsoleService } from '../service.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { type ActedNode, fakeLooking } from './fake-looking.ts';

export const DAY = 86_400_000;
export const START = '2026-11-20T12:00:00.000Z';
/** The input of a procedure that takes none. */
export const NONE = undefined as never;

/** A real console on a real store, with a clock and nodes that a test moves. Made anew for each test. */
export interface ConsoleBench {
  clock: FakeClock;
  /** What each node says, by its name. */
  acted: Record<string, ActedNode>;
  notices: ConsoleNotice[];
  start(change?: Partial<ConsoleOptions>): Promise<{
    service: ConsoleService;
    seen: ReturnType<typeof fakeLooking>['seen'];
  }>;
}

/** Registers the hooks of the calling test file. @returns what its tests work with */
export function consoleBench(): ConsoleBench {
  let folder = '';
  let open: ConsoleService[] = [];
  const bench: ConsoleBench = {
    clock: fakeClock(START),
    acted: {},
    notices: [],
    async start(change = {}) {
      const { looking, seen } = fakeLooking(bench.acted, () => bench.clock.now());
      const service = await createConsole({
        dataFolder: folder,
        shell: 'web',
        version: '0.1.0',
        consent: { ask: async () => false },
        clock: bench.clock,
        looking,
        notify: (notice) => bench.notices.push(notice),
        schedule: false,
        thread: false,
        ...change,
      });
      open.push(service);
      return { service, seen };
    },
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-console-'));
    Object.assign(bench, { clock: fakeClock(START), acted: {}, notices: [] });
    open = [];
  });
  afterEach(async () => {
    for (const one of open) await one.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return bench;
}

/** Adds a node without any network: recorded, but not the sample. Only one of its kind fits; the others are renamed local. */
export async function addNode(
  service: ConsoleService,
  name: string,
  kind: 'recorded' | 'local' = 'recorded',
): Promise<SwarmNode> {
  const address = kind === 'local' ? ({ kind } as const) : ({ kind, sample: false } as const);
  return service.nodes.add({ name, address, confirmedKeys: [] });
}

/** Starts looks and waits until they have ended. @returns their last states */
export async function look(service: ConsoleService, input: { nodes?: string[]; only?: never[] } = {}) {
  const { looks } = await service.looks.start(input);
  const ids = new Set(looks.map((entry) => entry.look));
  await expect
    .poll(async () => {
      const states = await service.topics.progress.snapshot();
      return states.filter((entry) => ids.has(entry.look)).every((entry) => entry.endedAt !== null);
    })
    .toBe(true);
  return (await service.topics.progress.snapshot()).filter((entry) => ids.has(entry.look));
}

/** @returns the code of the error that a call ends with; `no error` when it does not */
export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: { name: string; code: string; data: { next: string } }) => {
      expect(error.name).toBe('ConsoleError');
      expect(typeof error.data.next).toBe('string');
      return error.code;
    },
  );
