import type { TimeFacts } from '#shared/domain/facts/machine.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodeText } from '../script/decode.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';

const SCRIPT = `${PRELUDE}
if has timedatectl && has_bus; then
  emit show "$(limited 2 timedatectl show 2>/dev/null </dev/null)"
  emit timesync "$(limited 2 timedatectl timesync-status 2>/dev/null </dev/null)"
fi
if has chronyc; then emit chrony "$(limited 2 chronyc -n -c tracking 2>/dev/null </dev/null | head -c 8192)"; fi
if has ntpq; then emit ntpq "$(limited 2 ntpq -pn 2>/dev/null </dev/null | head -c 8192)"; fi
if has ntpctl; then emit ntpctl "$(limited 2 ntpctl -s all 2>/dev/null </dev/null | head -c 8192)"; fi
emit zone "$(head -c 256 /etc/timezone 2>/dev/null)" "$(readlink /etc/localtime)"
${END}`;

/** Milliseconds of a time as systemd prints it (`-1.062ms`, `+3.5s`, `12us`), or null. */
function systemdMilliseconds(text: string): number | null {
  const match = /^([+-]?)([0-9]+(?:\.[0-9]+)?)(us|ms|s|min)$/.exec(text.trim());
  if (!match) return null;
  const scale = { us: 0.001, ms: 1, s: 1_000, min: 60_000 }[match[3] ?? 'ms'] ?? 1;
  return Number(match[2]) * scale * (match[1] === '-' ? -1 : 1);
}

/** More than this systemd-timesyncd does not slew: it sets the clock (NTP_MAX_ADJUST in its source; src/timesync/timesyncd-manager.c). */
const STEPPED_MS = 400;

/**
 * systemd-timesyncd tells by how much the clock was off when it asked last. Where it then set the clock, that is not true any
 * more, and how far it is off now is not known before it asks again.
 */
function timesyncdOffset(text: string): number | null {
  const offset = systemdMilliseconds(text);
  return offset === null || Math.abs(offset) > STEPPED_MS ? null : offset;
}

/**
 * `chronyc -c tracking`: reference id, name, stratum, reference time, correction of the system clock in seconds, …, leap
 * status. Positive means that the clock is slow of the source (chronyc(1)).
 */
function readChrony(line: string): Pick<TimeFacts, 'synchronised' | 'source' | 'offsetMs'> | null {
  const fields = line.trim().split(',');
  const correction = fields[4] ?? '';
  if (fields.length < 14 || !/^-?[0-9.]+(?:e-?[0-9]+)?$/.test(correction)) return null;
  const leap = fields[13] ?? '';
  return {
    synchronised: leap !== 'Not synchronised' && Number(fields[2]) > 0,
    source: fields[1]?.slice(0, 256) || null,
    offsetMs: -Number(correction) * 1_000,
  };
}

/** `ntpq -pn`: the line that begins with `*` is the source; its ninth column is the offset in milliseconds. */
function readNtpq(text: string): Pick<TimeFacts, 'synchronised' | 'source' | 'offsetMs'> | null {
  const lines = text.split('\n');
  if (!lines.some((line) => line.startsWith('==='))) return null;
  const columns = lines
    .find((line) => line.startsWith('*'))
    ?.slice(1)
    .trim()
    .split(/\s+/);
  const offset = Number(columns?.[8]);
  return {
    synchronised: columns !== undefined,
    source: columns?.[0]?.slice(0, 256) ?? null,
    offsetMs: columns && Number.isFinite(offset) ? offset : null,
  };
}

/**
 * `ntpctl -s all` of OpenNTPD: `4/4 peers valid, clock synced, stratum 3`, and of each peer an address and below it a line of
 * numbers, with `*` before them where the clock follows it (ntpctl(8)).
 */
function readNtpctl(text: string): Pick<TimeFacts, 'synchronised' | 'source' | 'offsetMs'> | null {
  const state = /\bclock (synced|unsynced)\b/.exec(text)?.[1];
  if (state === undefined) return null;
  const lines = text.split('\n');
  const followed = lines.findIndex((line) => /^ *\*/.test(line));
  const offset =
    /clock offset is (-?[0-9.]+)ms/.exec(text)?.[1] ?? /(-?[0-9.]+)ms/.exec(lines[followed] ?? '')?.[1];
  return {
    synchronised: state === 'synced',
    source: followed < 1 ? null : lines[followed - 1]?.trim().split(' ')[0]?.slice(0, 256) || null,
    offsetMs: offset === undefined || !Number.isFinite(Number(offset)) ? null : Number(offset),
  };
}

function parse(output: ScriptOutput, _context: CollectContext): Collected<TimeFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const text = (tag: string, field = 0) =>
    decodeText(records.find((record) => record.tag === tag)?.fields[field], 8_192);
  const property = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text('show'))?.[1] ?? null;
  const kernel = property('NTPSynchronized');
  const timesync = /^\s*Server: (.+)$/m.exec(text('timesync'))?.[1]?.trim() ?? null;
  const offset = /^\s*Offset: (.+)$/m.exec(text('timesync'))?.[1]?.trim();
  const chrony = readChrony(text('chrony').split('\n')[0] ?? '');
  const ntp = chrony ? null : readNtpq(text('ntpq'));
  const open = chrony || ntp ? null : readNtpctl(text('ntpctl'));
  const daemon = chrony ?? ntp ?? open;
  const zone = text('zone').trim() || /\/zoneinfo\/(.+)$/.exec(text('zone', 1))?.[1] || property('Timezone');
  const facts: TimeFacts = {
    synchronised: daemon?.synchronised ?? (kernel === 'yes' ? true : kernel === 'no' ? false : null),
    service: chrony
      ? 'chrony'
      : ntp
        ? 'ntp'
        : open
          ? 'openntpd'
          : timesync !== null
            ? 'systemd-timesyncd'
            : null,
    source: daemon?.source ?? timesync?.slice(0, 256) ?? null,
    offsetMs: daemon?.offsetMs ?? (offset ? timesyncdOffset(offset) : null),
    timezone: zone?.slice(0, 256) ?? null,
  };
  const gaps: Gap[] = [];
  if (facts.synchronised === null) {
    gaps.push(
      gapOf(
        'clock',
        'neither timedatectl, chronyc, ntpq nor ntpctl gave an answer',
        'install a time service',
      ),
    );
  }
  if (!finished) gaps.push(gapOf('clock', whyUnfinished(output)));
  return seen(facts, gaps);
}

/** Whether a time service holds the clock to a source, and how far off it is. */
export const timeCollector: Collector<'time'> = {
  subject: 'time',
  trip: 1,
  budgetMs: 5_000,
  maxBytes: 256 * 1024,
  source: 'timedatectl show; chronyc -c tracking; ntpq -pn; ntpctl -s all',
  script: () => SCRIPT,
  parse,
};
