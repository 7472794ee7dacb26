import { describe, expect, it } from 'vitest';
import { profileCorrection } from './profile.ts';

const takes = (correction: object) =>
  profileCorrection.safeParse({ instance: 'mycoswarm.service', ...correction }).success;

describe('a correction of the profile', () => {
  it('takes absolute places of one line, and null for what is not there', () => {
    expect(takes({ workspace: '/srv/agents/work space', source: null, logFolder: '/var/log/ä' })).toBe(true);
  });

  it.each([
    ['a line feed, which would be a line of a unit of its own', '/srv/w"\nExecStartPre=+/bin/true'],
    ['a way back', '/srv/../etc'],
    ['a dot in the way', '/srv/./w'],
    ['no way from the root', 'srv'],
    ['a character that turns text around', '/srv/\u202egnp.exe'],
    ['a separator of lines that only some see', '/srv/\u2028w'],
  ])('refuses %s', (_, workspace) => {
    expect(takes({ workspace })).toBe(false);
    expect(takes({ source: workspace })).toBe(false);
  });
});
