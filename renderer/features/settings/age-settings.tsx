import { count } from '../../components/time-words.ts';
import { NumberField } from './number-field.tsx';
import { SettingsSection } from './settings-section.tsx';
import type { SettingsPart } from './use-settings.ts';

/** Limits that checks judge by. */
export function AgeSettings({ settings, save }: SettingsPart) {
  return (
    <SettingsSection title="How old is too old" note="Checks judge by these from the next look on.">
      <div className="settings-section__trio">
        <NumberField
          label="Swarm secret"
          hint="Days until it is due to be changed"
          value={settings.secretMaxAgeDays}
          min={1}
          max={3_650}
          onSave={(secretMaxAgeDays) =>
            save({ secretMaxAgeDays }, `A swarm secret may be ${count(secretMaxAgeDays, 'day')} old.`)
          }
        />
        <NumberField
          label="Security update"
          hint="Days until an open one is late"
          value={settings.updateMaxAgeDays}
          min={0}
          max={365}
          onSave={(updateMaxAgeDays) =>
            save({ updateMaxAgeDays }, `A security update may wait ${count(updateMaxAgeDays, 'day')}.`)
          }
        />
        <NumberField
          label="Clock"
          hint="Milliseconds it may be off"
          value={settings.clockToleranceMs}
          min={1}
          max={3_600_000}
          onSave={(clockToleranceMs) =>
            save({ clockToleranceMs }, `A clock may be ${clockToleranceMs.toLocaleString('en')} ms off.`)
          }
        />
      </div>
    </SettingsSection>
  );
}
