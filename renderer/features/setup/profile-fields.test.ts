import { describe, expect, it } from 'vitest';
import { type InstanceProfile, profileCorrection } from '#shared/domain/profile.ts';
import { correctionOf, draftOf, fieldProblem, PROFILE_FIELDS } from './profile-fields.ts';

const detected: InstanceProfile = {
  id: 'mycoswarm.service',
  detectedBy: 'systemd',
  user: 'mycoswarm',
  uid: 998,
  home: '/var/lib/mycoswarm',
  configurationFolder: '/var/lib/mycoswarm/.config/mycoswarm',
  workspace: null,
  source: '/opt/mycoswarm',
  virtualEnvironment: '/opt/mycoswarm/venv',
  sitePackages: null,
  unit: 'mycoswarm.service',
  version: '0.2.16',
  apiPort: 7890,
  dashboardPort: null,
  logFolder: null,
  pids: [812],
  running: true,
};

describe('correctionOf', () => {
  it('is nothing when nothing was changed', () => {
    expect(correctionOf(detected, draftOf(detected))).toBeNull();
  });

  it('has only what was changed, and the contract takes it', () => {
    const correction = correctionOf(detected, {
      ...draftOf(detected),
      workspace: ' /srv/workspace ',
      apiPort: '7891',
      unit: '',
    });
    expect(correction).toEqual({
      instance: 'mycoswarm.service',
      workspace: '/srv/workspace',
      apiPort: 7891,
      unit: null,
    });
    expect(profileCorrection.parse(correction)).toEqual(correction);
  });
});

describe('fieldProblem', () => {
  const problem = (name: string, text: string) => {
    const field = PROFILE_FIELDS.find((entry) => entry.name === name);
    if (!field) throw new Error(name);
    return fieldProblem(field, text);
  };

  it.each([
    ['workspace', '/srv/a b'],
    ['workspace', ''],
    ['apiPort', '7890'],
    ['unit', 'mycoswarm@home.service'],
    ['user', 'mycoswarm'],
  ])('takes %s %j', (name, text) => expect(problem(name, text)).toBeNull());

  it.each([
    ['workspace', 'srv'],
    ['workspace', '~/x'],
    ['apiPort', '0'],
    ['apiPort', '70000'],
    ['apiPort', '7e3'],
    ['unit', 'a b'],
    ['user', 'x;y'],
  ])('refuses %s %j', (name, text) => expect(problem(name, text)).not.toBeNull());
});
