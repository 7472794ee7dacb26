import { expect, it } from 'vitest';
import type { BackgroundUnit } from '#core/audit/background/background-unit.ts';
import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { planStep } from '#shared/domain/plan.ts';
import { stopWatching, watchingSteps } from './watching-here.ts';

const FILE = '/home/minotaur/.config/systemd/user/swarmkeep-watch.service';

function standInUnit(there: Partial<BackgroundWatch>, failed: string | null = null): BackgroundUnit {
  const state: BackgroundWatch = {
    possible: true,
    trouble: '',
    enabled: false,
    running: false,
    outdated: false,
    staysAfterLogout: null,
    file: FILE,
    text: '',
    commands: { on: [], off: [] },
    ...there,
  };
  return {
    state: async () => state,
    turnOn: async () => ({ state, failed: null }),
    turnOff: async () => ({ state, failed }),
  };
}

it('has nothing to stop where nothing watches', async () => {
  expect(await watchingSteps(standInUnit({}))).toEqual([]);
});

it.each([{ enabled: true }, { running: true }])(
  'names the unit and its file when it is there: %o',
  async (there) => {
    const [step, ...more] = await watchingSteps(standInUnit(there));
    expect(more).toEqual([]);
    expect(planStep.parse(step)).toEqual(step);
    expect(step).toMatchObject({ own: 'stop-watching', undoable: false });
    expect(JSON.stringify(step?.preview)).toContain(FILE);
  },
);

it('says why it could not be stopped', async () => {
  expect(await stopWatching(standInUnit({ enabled: true }))).toMatchObject({ ok: true });
  expect(await stopWatching(standInUnit({ enabled: true }, 'It is not ours.'))).toEqual({
    ok: false,
    message: 'It is not ours.',
  });
});
