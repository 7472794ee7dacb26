import { counted } from './words.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Value = (value: string) => string;

const switched: Value = (value) => (value === 'true' ? 'on' : 'off');
const hour: Value = (value) => `${value.padStart(2, '0')}:00`;
const figure = (value: string): string => Number(value).toLocaleString('en');
const days: Value = (value) => `${figure(value)} ${value === '1' ? 'day' : 'days'}`;

const every: Value = (value) => {
  const minutes = Number(value);
  if (minutes === 0) return 'only when asked';
  if (minutes % 1_440 === 0)
    return minutes === 1_440 ? 'once a day' : `every ${counted(minutes / 1_440, 'day')}`;
  if (minutes % 60 === 0) return minutes === 60 ? 'every hour' : `every ${counted(minutes / 60, 'hour')}`;
  return `every ${figure(value)} minutes`;
};

/** How soon a person should look at an alert of a level, and from which level on. */
const graveness: Value = (value) =>
  ({
    informational: 'every one',
    low: 'those for when there is time, and graver',
    medium: 'those for today, and graver',
    high: 'those for soon, and graver',
    critical: 'only those for at once',
  })[value] ?? value;

/** What each setting is called in a sentence, and how its values are said. Names are those of the settings' own shape. */
const SETTINGS: Readonly<Record<string, readonly [name: string, value: Value]>> = {
  lookEveryMinutes: ['how often nodes are looked at', every],
  'notifications.onChange': ['saying when something changes', switched],
  'notifications.weeklySummary': ['saying once a week what is open', switched],
  'notifications.weeklySummaryDay': ['the day on which it is said', (value) => DAYS[Number(value)] ?? value],
  'notifications.weeklySummaryHour': ['the hour at which it is said', hour],
  'audit.fullText': ['finding words within lines fast', switched],
  'audit.keepDays': ['how long logs are kept', days],
  'audit.keepMegabytes': ['how much of logs is kept', (value) => `${figure(value)} megabytes`],
  'audit.learnDays': ['how long is learnt what is usual', days],
  'audit.notifyFrom': ['which alerts are told at once', graveness],
  'audit.quietFromHour': ['when quiet hours begin', hour],
  'audit.quietToHour': ['when quiet hours end', hour],
  'advisories.address': ['where advisories are fetched from', (value) => value],
  'advisories.fetchDaily': ['fetching advisories once a day', switched],
  secretMaxAgeDays: ['the age at which a swarm secret is to be changed', days],
  secretRemindDays: [
    'how long before that it is reminded of',
    (value) => (value === 'null' ? 'never' : days(value)),
  ],
  updateMaxAgeDays: ['the age at which a security update is late', days],
  clockToleranceMs: ['how far a clock may be off', (value) => `${figure(value)} milliseconds`],
};

/** @returns a changed setting in words: `the age at which a security update is late from 14 days to 30 days` */
export function settingInWords({ setting, from, to }: { setting: string; from: string; to: string }): string {
  const known = Object.hasOwn(SETTINGS, setting) ? SETTINGS[setting] : undefined;
  if (known === undefined) return `${setting} from ${from} to ${to}`;
  const [name, value] = known;
  return `${name} from “${value(from)}” to “${value(to)}”`;
}

/** Names of settings that have words; for the test that none is forgotten. */
export const SETTINGS_WITH_WORDS: readonly string[] = Object.keys(SETTINGS);
