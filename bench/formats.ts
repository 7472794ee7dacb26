import { formatOf } from '#core/audit/formats/all-formats.ts';
import { benignWeek, type WeekLine } from '#core/detection/pack/testing/benign-week.ts';
import { report, series } from './measure.ts';

const PARTS: readonly { name: string; source: WeekLine['source']; atMost: number }[] = [
  { name: 'auditd, five records and what is derived from them', source: 'audit', atMost: 8 },
  { name: "the daemon's text", source: 'daemon', atMost: 5 },
  { name: 'the access log, JSON', source: 'access', atMost: 5 },
  { name: 'syslog: logins, sudo, cron, packets', source: 'system', atMost: 5 },
];

/** Lines as a reader gives them: cut out of one decoded text, not put together from pieces. */
function asRead(lines: readonly WeekLine[]): WeekLine[] {
  const texts = Buffer.from(lines.map(({ line }) => line).join('\n'))
    .toString('utf8')
    .split('\n');
  return lines.map((each, index) => ({ ...each, line: texts[index] ?? '' }));
}

/** From lines to events: processor time for one event, of the week of a working node. */
export async function benchFormats(): Promise<void> {
  console.log('\nReading log lines into events (processor time)');
  const week = asRead(benignWeek());
  for (const { name, source, atMost } of PARTS) {
    const lines = week.filter((each) => each.source === source).slice(0, 60_000);
    const rounds = Math.max(1, Math.ceil(30_000 / Math.max(1, lines.length)));
    const measured = await series(5, 'µs per event', () => {
      let events = 0;
      const before = process.cpuUsage();
      for (let round = 0; round < rounds; round++) {
        const parser = formatOf(lines[0]?.format ?? 'plain').createParser();
        for (const { line, at } of lines)
          events += parser.parse(line, { receivedAt: at, utcOffsetMinutes: 0 }).length;
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / events;
    });
    report(name, measured, { atMost, text: `≤ ${atMost} µs` }, `${lines.length} different lines`);
  }
}
