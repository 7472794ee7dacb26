import { Monitor, Moon, Sun } from 'lucide-react';
import { SettingsSection } from './settings-section.tsx';
import type { SettingsPart } from './use-settings.ts';

const THEMES = [
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
] as const;

/** Light, dark, or as the system says. */
export function AppearanceSettings({ settings, save }: SettingsPart) {
  return (
    <SettingsSection title="Appearance">
      <fieldset className="segments">
        <legend className="visually-hidden">Theme</legend>
        {THEMES.map(({ theme, label, icon: Icon }) => (
          <label key={theme} className="segments__choice">
            <input
              type="radio"
              name="theme"
              className="visually-hidden"
              checked={settings.theme === theme}
              onChange={() => save({ theme }, `Theme: ${label.toLowerCase()}.`)}
            />
            <Icon aria-hidden="true" />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    </SettingsSection>
  );
}
