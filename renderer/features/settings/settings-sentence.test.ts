import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { intervalInWords, settingsEyebrow, settingsSentence } from './settings-sentence.ts';

describe('settingsSentence', () => {
  it('says when it looks and whether it speaks', () => {
    expect(settingsSentence(DEFAULT_SETTINGS)).toBe(
      'Swarmkeep looks every hour and says when something changes.',
    );
    expect(
      settingsSentence({
        ...DEFAULT_SETTINGS,
        lookEveryMinutes: 0,
        notifications: { ...DEFAULT_SETTINGS.notifications, onChange: false },
      }),
    ).toBe('Swarmkeep looks only when asked and says nothing by itself.');
  });

  it('has words for an interval that is not offered', () => {
    expect([45, 300].map(intervalInWords)).toEqual(['every 45 minutes', 'every 5 hours']);
  });

  it('counts decisions', () => {
    expect(settingsEyebrow(1, 2)).toBe('Settings · 1 accepted risk · 2 declarations');
  });
});
