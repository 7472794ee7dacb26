import { describe, expect, it } from 'vitest';
import { changed } from '#core/checks/testing/facts-builder.ts';
import { fileAt, hardened } from '#core/checks/testing/situations.ts';
import { planFor, reasonFor, verbsOf } from './testing/plan-for.ts';

const owned = { uid: 1_001, gid: 1_001 };
const UNIT = '/etc/systemd/system/mycoswarm.service';

describe('the fix that takes the program out of the hands of its agent', () => {
  const open = () =>
    changed(hardened, 'files', (value) => {
      for (const one of value.files) if (one.path.startsWith('/opt/mycoswarm')) Object.assign(one, owned);
      for (const one of value.trees.filter(({ root }) => root.startsWith('/opt')))
        for (const bucket of one.buckets) Object.assign(bucket, owned, { mode: bucket.mode | 0o020 });
    });
  const plan = planFor('source-read-only', open());

  it('leaves a program alone in which lies what mycoSwarm has to write', () => {
    const facts = open();
    for (const instance of facts.profile.instances) instance.workspace = `${instance.source}/work`;
    expect(reasonFor('source-read-only', facts)).toMatch(/\/work, which mycoSwarm has to write/);
  });

  it('puts new files in the place of those that somebody may hold open, and starts it from them', () => {
    const verbs = verbsOf(plan);
    expect(verbs).not.toContain('set-tree-attributes');
    expect(verbs[0]).toBe('after-undo');
    expect(verbs.at(-1)).toBe('set-unit');
    const at = verbs.indexOf('copy-tree');
    expect(plan.steps.slice(at, at + 3).map(({ action }) => action)).toMatchObject([
      { verb: 'copy-tree', uid: 0, gid: 0, takeBits: 0o022 },
      { verb: 'move', path: expect.stringMatching(/\.before-swarmkeep$/) },
      { verb: 'move', from: expect.stringMatching(/\.swarmkeep-new$/) },
    ]);
    expect(plan.settings[0]).toMatchObject({
      to: expect.stringContaining('stays aside in'),
      takesEffect: expect.stringContaining('restarted'),
    });
  });

  it('gives the administrator no file that is set-uid or set-gid', () => {
    const steps = planFor('source-read-only', fileAt(UNIT, { uid: 1_001, mode: 0o6666 })).steps;
    expect(steps.flatMap(({ action }) => (action?.verb === 'set-attributes' ? [action] : []))).toMatchObject([
      { path: UNIT, uid: 0, mode: 0o644 },
    ]);
  });
});
