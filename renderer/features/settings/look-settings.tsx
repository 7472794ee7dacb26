import { SelectField } from '../../components/field.tsx';
import { Switch } from '../../components/switch.tsx';
import { SettingsSection } from './settings-section.tsx';
import { INTERVALS, intervalInWords } from './settings-sentence.ts';
import type { SettingsPart } from './use-settings.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** When to look, and when to speak. */
export function LookSettings({ settings, save }: SettingsPart) {
  const { notifications } = settings;
  const minutes = settings.lookEveryMinutes;
  const intervals = INTERVALS.some((interval) => interval.minutes === minutes)
    ? INTERVALS
    : [{ minutes, label: intervalInWords(minutes) }, ...INTERVALS];
  const notify = (change: Partial<typeof notifications>, said: string) =>
    save({ notifications: { ...notifications, ...change } }, said);
  return (
    <SettingsSection
      title="Looking and speaking"
      note="Looking changes nothing on a node. A notification comes when a finding changes, never to repeat one."
    >
      <SelectField
        label="Look at all nodes"
        value={String(minutes)}
        onChange={(event) => {
          const lookEveryMinutes = Number(event.target.value);
          save({ lookEveryMinutes }, `Looks ${intervalInWords(lookEveryMinutes)} from now on.`);
        }}
        options={intervals.map((interval) => ({
          value: String(interval.minutes),
          label: interval.label.charAt(0).toUpperCase() + interval.label.slice(1),
        }))}
      />
      <div className="settings-section__switches">
        <Switch
          label="Say when something changes"
          checked={notifications.onChange}
          onChange={(onChange) =>
            notify({ onChange }, onChange ? 'Speaks when something changes.' : 'Keeps quiet about changes.')
          }
        />
        <Switch
          label="Once a week, say what is still open"
          hint="Only when something is open."
          checked={notifications.weeklySummary}
          onChange={(weeklySummary) =>
            notify({ weeklySummary }, weeklySummary ? 'Sums up once a week.' : 'No weekly summary any more.')
          }
        />
      </div>
      {notifications.weeklySummary ? (
        <div className="settings-section__pair">
          <SelectField
            label="On"
            value={String(notifications.weeklySummaryDay)}
            onChange={(event) => {
              const weeklySummaryDay = Number(event.target.value);
              notify({ weeklySummaryDay }, `Sums up on ${DAYS[weeklySummaryDay]}s.`);
            }}
            options={DAYS.map((label, value) => ({ value: String(value), label }))}
          />
          <SelectField
            label="At"
            value={String(notifications.weeklySummaryHour)}
            onChange={(event) => {
              const weeklySummaryHour = Number(event.target.value);
              notify({ weeklySummaryHour }, `Sums up at ${clock(weeklySummaryHour)}.`);
            }}
            options={Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: clock(hour) }))}
          />
        </div>
      ) : null}
    </SettingsSection>
  );
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
