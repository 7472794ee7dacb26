import { describe, expect, it } from 'vitest';
import { blankInstance, type InstanceProfile } from '#shared/domain/profile.ts';
import { describeLocal } from './detect-local.ts';
import { agentRunsAs } from './system.ts';

const instance: InstanceProfile = {
  ...blankInstance('mycoswarm.service', 'systemd'),
  user: 'minotaur',
  uid: 1000,
  version: '0.2.16',
  apiPort: 7890,
  running: true,
};
const say = (...instances: InstanceProfile[]): string => describeLocal({ instances, corrected: [] }).sentence;

describe('what is said of this computer', () => {
  it('says what runs, in one sentence', () => {
    expect(say(instance)).toBe('mycoSwarm 0.2.16 is running here, on port 7890.');
    expect(say({ ...instance, version: null, apiPort: null })).toBe('mycoSwarm is running here.');
    expect(say({ ...instance, running: false })).toBe('mycoSwarm 0.2.16 is installed here and stopped.');
    expect(say({ ...instance, running: false }, instance)).toBe(
      'mycoSwarm 0.2.16 is running here, on port 7890. It is one of 2.',
    );
    expect(say()).toContain('was not found running here');
  });

  it('knows whether an agent shares the account of the console', () => {
    const as = (...uids: (number | null)[]) => ({
      instances: uids.map((uid) => ({ ...instance, uid })),
      corrected: [],
    });
    expect(agentRunsAs(as(1000), 1000)).toBe(true);
    expect(agentRunsAs(as(1001), 1000)).toBe(false);
    expect(agentRunsAs(as(1001, null), 1000)).toBeNull();
    expect(agentRunsAs(as(1000, null), 1000)).toBe(true);
    expect(agentRunsAs(as(), 1000)).toBe(false);
    expect(agentRunsAs(as(1000), null)).toBeNull();
  });
});
