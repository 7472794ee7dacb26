import { describe, expect, it } from 'vitest';
import { ruleInfo } from '#shared/domain/audit/alert.ts';
import type { EventFields, LogSource } from '#shared/domain/audit/event.ts';
import { createDetector } from './detector.ts';
import { readRuleSet } from './sigma/rule-set.ts';

const RULES = `
title: Reads passwords
id: reads-passwords
description: Somebody reads the list of accounts.
level: high
falsepositives: [backups]
logsource: {product: linux, category: process_creation}
detection: {s: {CommandLine|contains: /etc/shadow}, condition: s}
swarmkeep: {todo: Look who did it., entity: [User, Image], leads-to: dedicated-user}
---
title: Plain
name: denied
logsource: {product: linux}
detection: {s: {New Value: 'x'}, condition: s}
---
title: Many
id: many
level: medium
correlation: {type: event_count, rules: [denied], group-by: [ip], timespan: 1m, condition: {gte: 2}}
`;
const set = readRuleSet([{ file: 'pack.yml', origin: 'swarmkeep', text: RULES }]);
const linux: LogSource = { product: 'linux', category: 'process_creation', service: null };
const event = (fields: EventFields, logsource = linux) => ({ fields, logsource, raw: '' });

describe('the detector', () => {
  it('names the rule as alerts do, and the thing that repeats are folded by', () => {
    const found = createDetector(set).detect(
      event({ CommandLine: 'cat /etc/shadow', Image: '/bin/cat', User: '' }),
      7,
      0,
      'n',
    );
    expect(found).toEqual([
      {
        rule: {
          id: 'reads-passwords',
          title: 'Reads passwords',
          level: 'high',
          origin: 'swarmkeep',
          story: 'Somebody reads the list of accounts.',
          todo: 'Look who did it.',
          falsePositives: ['backups'],
          leadsTo: { kind: 'check', check: 'dedicated-user' },
        },
        entityField: 'Image',
        entity: '/bin/cat',
        events: [7],
      },
    ]);
    expect(ruleInfo.parse(found[0]?.rule)).toEqual(found[0]?.rule);
  });

  it('asks by the log source, by names of fields as logs have them', () => {
    const detector = createDetector(set);
    const windows: LogSource = { ...linux, product: 'windows' };
    expect(detector.detect(event({ CommandLine: '/etc/shadow' }, windows), 1, 0, 'n')).toEqual([]);
    expect(detector.detect(event({ 'Event.EventData.CommandLine': '/etc/shadow' }), 2, 0, 'n')).toHaveLength(
      1,
    );
  });

  it('goes on from a stored state', () => {
    const first = createDetector(set);
    expect(first.state()).toBeNull();
    expect(first.detect(event({ 'New Value': 'x', ip: '::1' }), 1, 0, 'n')).toEqual([]);
    const second = createDetector(set, JSON.parse(JSON.stringify(first.state())));
    const fired = second.detect(event({ 'New Value': 'x', ip: '::1' }), 2, 1_000, 'n');
    expect(fired).toMatchObject([{ rule: { id: 'many' }, events: [1, 2], entityField: 'ip', entity: '::1' }]);
    expect(second.letGo).toEqual({ groups: 0, entries: 0 });
  });
});
