import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatOf } from '#core/audit/formats/all-formats.ts';
import type { LineParser } from '#core/audit/formats/format.ts';
import { createDetector, type Detection, type Detector } from '#core/detection/detector.ts';
import { readRuleFiles } from '#core/detection/sigma/rule-files.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { createFirstSeen } from './first-seen.ts';
import { benignWeek } from './testing/benign-week.ts';
import { type Example, eventsOf, readExamples } from './testing/examples.ts';

const { texts } = readRuleFiles([join(import.meta.dirname, '../../../../assets/rules')], 'swarmkeep');
const pack = readRuleSet(texts);

/** What happened to the rules over a week: alerts by rule and entity, with how often. */
function replay(): { events: number; alerts: Map<string, number>; firstSeen: Map<string, number> } {
  const detector = createDetector(pack);
  const firstSeen = createFirstSeen();
  const parsers = new Map<string, LineParser>();
  const counts = { events: 0, alerts: new Map<string, number>(), firstSeen: new Map<string, number>() };
  const count = (map: Map<string, number>, found: readonly Detection[]): void => {
    for (const { rule, entity } of found) {
      const key = `${rule.level}: ${rule.title}: ${entity}`;
      map.set(key, (map.get(key) ?? 0) + 1);
    }
  };
  for (const { source, format, line, at } of benignWeek()) {
    let parser = parsers.get(source);
    if (parser === undefined) {
      parser = formatOf(format).createParser();
      parsers.set(source, parser);
    }
    for (const { fields, logsource, message, at: said } of parser.parse(line, {
      receivedAt: at + 50,
      utcOffsetMinutes: 0,
    })) {
      counts.events += 1;
      const event = { fields, logsource, raw: message };
      count(counts.alerts, detector.detect(event, counts.events, said ?? at, 'node-1'));
      count(counts.firstSeen, firstSeen.detect(event, counts.events, at, 'node-1'));
    }
  }
  return counts;
}

describe('a week in which nothing bad happens', { timeout: 240_000 }, () => {
  it('gives at most one alert of our rules over 200,000 events, and hardly anything new', () => {
    const { events, alerts, firstSeen } = replay();
    expect(events).toBeGreaterThanOrEqual(200_000);
    // The one is the installer that a person piped into a shell.
    expect([...alerts.keys()].map((key) => key.slice(0, 40))).toEqual([
      'high: Runs what it just downloaded: sh -c curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs | sh'.slice(
        0,
        40,
      ),
    ]);
    expect([...firstSeen.keys()]).toEqual([]);
  });

  it('and still every threat of the pack is told', () => {
    const silent = new Set(
      [...pack.detections, ...pack.correlations].filter(({ alerts }) => !alerts).map(({ id }) => id),
    );
    const shared = createDetector(pack);
    const told = (id: string, example: Example, detector: Detector): boolean =>
      eventsOf(example).some(({ event, at }, index) =>
        detector.detect(event, index + 1, at, 'n').some(({ rule }) => rule.id === id),
      );
    const missed = [
      ...pack.detections.map((rule) => ({ ...rule, detector: () => shared })),
      ...pack.correlations.map((rule) => ({ ...rule, detector: () => createDetector(pack) })),
    ].filter(
      ({ file, id, detector }) =>
        !silent.has(id) && !readExamples(file).alert.every((example) => told(id, example, detector())),
    );
    expect(missed.map(({ file }) => file)).toEqual([]);
    expect(pack.detections.length + pack.correlations.length - silent.size).toBeGreaterThanOrEqual(80);
  });
});
