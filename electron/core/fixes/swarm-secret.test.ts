import { describe, expect, it } from 'vitest';
import { changed } from '#core/checks/testing/facts-builder.ts';
import { fileAt, hardened, token } from '#core/checks/testing/situations.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { planFor, reasonFor } from './testing/plan-for.ts';

const TOKEN = '/home/mycoswarm/.config/mycoswarm/swarm-token';
const FOLDER = '/home/mycoswarm/.config/mycoswarm';

describe('the fix of the swarm secret', () => {
  it('closes a secret that everybody can read, to exactly the service', () => {
    const plan = planFor('swarm-secret', fileAt(TOKEN, { mode: 0o644 }));
    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]).toMatchObject({
      action: {
        verb: 'set-attributes',
        path: TOKEN,
        uid: 1_001,
        gid: 1_001,
        mode: 0o600,
        expect: { kind: 'file', uid: 0, gid: 1_001, mode: 0o644 },
      },
      preview: { kind: 'attributes', before: 'root:mycoswarm 0644', after: 'mycoswarm:mycoswarm 0600' },
    });
  });

  it('takes a folder in which others may put another one away from them', () => {
    const plan = planFor('swarm-secret', fileAt(FOLDER, { mode: 0o777 }));
    expect(plan.steps.map(({ action }) => action)).toMatchObject([
      { verb: 'set-attributes', path: FOLDER, uid: 0, gid: 1_001, mode: 0o755 },
    ]);
    const owned = planFor('swarm-secret', fileAt(FOLDER, { uid: 1_234, mode: 0o755 }));
    expect(owned.steps[0]?.action).toMatchObject({ uid: 0, gid: 0, mode: 0o755 });
  });

  it('starts mycoSwarm again where a new secret waits', () => {
    const plan = planFor('swarm-secret', token({ newerThanProcess: true }));
    expect(plan.steps[0]).toMatchObject({
      action: { verb: 'set-unit', unit: 'mycoswarm.service', action: 'restart', reread: false },
      interrupts: { what: 'mycoswarm.service', seconds: 11 },
    });
  });

  it.each([
    ['weak', token({ length: 3 }), /can be guessed/],
    ['old', token({ modifiedAt: '2026-01-01T00:00:00.000Z' }), /too old/],
    ['copied elsewhere', token({ leaks: [{ kind: 'log', place: '/var/log/x.log' }] }), /lies elsewhere/],
    ['missing', token({ exists: false }), /there is none yet/],
  ])('leaves a secret that is %s to the rotation, and says so', (_, facts, reason) => {
    expect(reasonFor('swarm-secret', facts)).toMatch(reason);
    expect(reasonFor('swarm-secret', facts)).toMatch(/rotation/);
  });

  it('says beside what it repairs that the secret itself stays', () => {
    const both = changed(token({ length: 3 }), 'files', (value) => {
      value.files = value.files.map((entry) => (entry.path === TOKEN ? { ...entry, mode: 0o644 } : entry));
    });
    expect(planFor('swarm-secret', both).settings.map(({ setting }) => setting)).toContain(
      'The secret itself',
    );
  });

  it('does nothing where nothing is wrong, where an access list decides, and where a link is on the way', () => {
    expect(reasonFor('swarm-secret', hardened)).toMatch(/nothing to do/);
    expect(reasonFor('swarm-secret', fileAt(TOKEN, { acl: ['user:minotaur:r--'] }))).toMatch(/access list/);
    expect(
      reasonFor(
        'swarm-secret',
        changed(fileAt(TOKEN, { mode: 0o644 }), 'files', (value) => {
          value.files = value.files.map((entry) =>
            entry.path === '/home/mycoswarm/.config'
              ? { ...entry, kind: 'link', resolved: '/srv/c', target: '/srv/c' }
              : entry,
          );
        }),
      ),
    ).toMatch(/link/);
  });

  it('plans for the stock node too: an old secret is left to the rotation', () => {
    expect(reasonFor('swarm-secret', stockNode())).toMatch(/rotation/);
  });
});
