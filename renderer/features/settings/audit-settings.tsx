import { Link } from '@tanstack/react-router';
import type { Settings } from '#shared/domain/settings.ts';
import { SelectField } from '../../components/field.tsx';
import { Switch } from '../../components/switch.tsx';
import { count } from '../../components/time-words.ts';
import { NumberField } from './number-field.tsx';
import { QuietHours } from './quiet-hours.tsx';
import { SettingsSection } from './settings-section.tsx';
import type { SettingsPart } from './use-settings.ts';

type Audit = Settings['audit'];

/** How soon somebody should look, as alerts say it. */
const LEVELS: readonly { value: Audit['notifyFrom']; label: string }[] = [
  { value: 'informational', label: 'Every alert' },
  { value: 'low', label: 'Those for when there is time, and graver' },
  { value: 'medium', label: 'Those for today, and graver' },
  { value: 'high', label: 'Those for soon, and graver' },
  { value: 'critical', label: 'Only those for at once' },
];
/** Quiet hours that are offered first. */
const NIGHT = { quietFromHour: 22, quietToHour: 7 };

/** What is kept of the logs, when alerts speak, and for how long a node is learnt. */
export function AuditSettings({ settings, save }: SettingsPart) {
  const { audit } = settings;
  const set = (change: Partial<Audit>, said: string) => save({ audit: { ...audit, ...change } }, said);
  return (
    <>
      <SettingsSection
        title="Keeping what logs say"
        note="The oldest are removed first, by whichever is reached sooner. Their proofs stay: what was removed can still be shown to have been there."
      >
        <div className="settings-section__pair settings-section__pair--first">
          <NumberField
            label="For"
            hint="days"
            value={audit.keepDays}
            min={1}
            max={3_650}
            onSave={(keepDays) => set({ keepDays }, `Logs are kept for ${count(keepDays, 'day')}.`)}
          />
          <NumberField
            label="At most"
            hint="megabytes on this computer"
            value={audit.keepMegabytes}
            min={100}
            max={1_048_576}
            onSave={(keepMegabytes) =>
              set({ keepMegabytes }, `Logs take at most ${keepMegabytes.toLocaleString('en')} megabytes.`)
            }
          />
        </div>
        <div className="settings-section__switches">
          <Switch
            label="Find words within lines fast"
            hint="Without it storing takes less, and a search for a part of a word looks through every line."
            checked={audit.fullText}
            onChange={(fullText) =>
              set(
                { fullText },
                fullText ? 'New lines can be searched by their words.' : 'New lines are searched one by one.',
              )
            }
          />
        </div>
      </SettingsSection>
      <AlertSettings audit={audit} set={set} />
      <SettingsSection
        title="Learning what is usual"
        note={
          <>
            A program, an address, a peer or a plugin that a node never had before is told of. First it is
            learnt what is usual there.{' '}
            <Link to="/audit" search={{ view: 'new' }}>
              What is learnt
            </Link>
          </>
        }
      >
        <div className="settings-section__pair settings-section__pair--first">
          <NumberField
            label="Programs and addresses"
            hint="days until a new one is told"
            value={audit.learnDays}
            min={1}
            max={60}
            onSave={(learnDays) =>
              set(
                { learnDays },
                `A node is learnt for ${count(learnDays, 'day')} before something new is told.`,
              )
            }
          />
          <div className="field settings-section__fixed">
            <span className="field__label">Peers and plugins</span>
            <span>1</span>
            <p className="field__hint">day; they change rarely</p>
          </div>
        </div>
      </SettingsSection>
    </>
  );
}

function AlertSettings({
  audit,
  set,
}: {
  audit: Audit;
  set: (change: Partial<Audit>, said: string) => void;
}) {
  const { quietFromHour: from, quietToHour: to } = audit;
  const quiet = from !== to;
  return (
    <SettingsSection
      title="When alerts speak"
      note="The first of a kind is told on the desktop at once, its repeats once an hour together. Nothing is lost by being told later: every alert is on its page."
    >
      <SelectField
        label="Tell at once"
        value={audit.notifyFrom}
        onChange={(event) => {
          const found = LEVELS.find(({ value }) => value === event.target.value);
          if (found) set({ notifyFrom: found.value }, `Tells at once: ${found.label.toLowerCase()}.`);
        }}
        options={LEVELS}
      />
      <div className="settings-section__switches">
        <Switch
          label="Quiet hours"
          hint={
            quiet
              ? `From ${clock(from)} to ${clock(to)} nobody is woken; what came is told then.`
              : 'It speaks at any hour.'
          }
          checked={quiet}
          onChange={(on) =>
            on
              ? set(NIGHT, `Quiet from ${clock(NIGHT.quietFromHour)} to ${clock(NIGHT.quietToHour)}.`)
              : set({ quietToHour: from }, 'Speaks at any hour.')
          }
        />
      </div>
      {quiet ? (
        <>
          <QuietHours from={from} to={to} />
          <div className="settings-section__pair">
            <SelectField
              label="From"
              value={String(from)}
              onChange={(event) => {
                const quietFromHour = Number(event.target.value);
                set({ quietFromHour }, `Quiet from ${clock(quietFromHour)} to ${clock(to)}.`);
              }}
              options={hours(to)}
            />
            <SelectField
              label="To"
              value={String(to)}
              onChange={(event) => {
                const quietToHour = Number(event.target.value);
                set({ quietToHour }, `Quiet from ${clock(from)} to ${clock(quietToHour)}.`);
              }}
              options={hours(from)}
            />
          </div>
        </>
      ) : null}
    </SettingsSection>
  );
}

/** Every hour but the one that would make a quiet time of no length. */
function hours(but: number): { value: string; label: string }[] {
  return Array.from({ length: 24 }, (_, hour) => hour)
    .filter((hour) => hour !== but)
    .map((hour) => ({ value: String(hour), label: clock(hour) }));
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
