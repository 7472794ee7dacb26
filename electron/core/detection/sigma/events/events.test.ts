import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime } from './event-time.ts';
import { flatEvent, namedFields, sourceOfEvent } from './flat-event.ts';
import { JsonEvents } from './json-events.ts';

/** All events of a text that comes in pieces of so many bytes. */
function read(text: string, size = 7): { object: unknown; text: string }[] {
  const bytes = Buffer.from(text);
  const events = new JsonEvents();
  const found: { object: unknown; text: string }[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const { object, text: own } of events.push(bytes.subarray(at, at + size)))
      found.push({ object, text: own });
  for (const { object, text: own } of events.push(Buffer.from('\n'))) found.push({ object, text: own });
  events.end();
  return found;
}
const objects = (text: string, size?: number) => read(text, size).map(({ object }) => object);

describe('JSON events', () => {
  const written = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), { maxLength: 6 });
  it('are the same on lines, in an array and in a row, whatever the pieces', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 64 }), (list, size) => {
        const same = JSON.parse(JSON.stringify(list));
        expect(objects(list.map((one) => JSON.stringify(one)).join('\n'), size)).toEqual(same);
        expect(objects(JSON.stringify(list), size)).toEqual(same);
        expect(objects(JSON.stringify(list, null, 2), size)).toEqual(same);
        expect(objects(list.map((one) => JSON.stringify(one, null, 1)).join(''), size)).toEqual(same);
        expect(objects(list.map((one) => JSON.stringify(one)).join(' '), size)).toEqual(same);
      }),
      { numRuns: 60 },
    );
  });
  it('may begin with a byte order mark, and end lines as Windows does', () => {
    expect(objects('\ufeff{"a":1}\r\n\r\n{"b":2}\r\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(objects('')).toEqual([]);
    expect(objects(' [ ] ')).toEqual([]);
  });
  it.each([
    ['text', 'Event 0 is no JSON object'],
    ['{"a":1}\n7', 'Event 1 is no JSON object'],
    ['{"a":1}\n{"b":}', 'Event 1 is no valid JSON'],
    ['{"a":1}\n{"b":', 'Event 1 is not whole'],
    ['[{"a":1}', 'not closed'],
    ['[{"a":1}] {"b":1}', 'is no JSON object'],
    ['["a"]', 'Event 0 is no JSON object'],
    ['{"a":"x\n"}', 'no valid JSON'],
  ])('%j is told', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
  it('are all found between lines that are none, and each of these is told', () => {
    const broken = fc.constantFrom(
      'text',
      '7',
      '{"a":}',
      '{"a":"x',
      '{"a":[1,',
      '{',
      '}',
      ']',
      '{"a":1}}',
      '"{',
      '\\',
    );
    const line = fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 })
          .map((one) => JSON.stringify(one)),
      },
      broken,
    );
    // `{` with `}` on the next line is a whole event, which is no line.
    const several = fc
      .array(line, { maxLength: 12 })
      .filter((lines) => !lines.some((one, index) => one === '{' && lines[index + 1] === '}'));
    fc.assert(
      fc.property(several, fc.integer({ min: 1, max: 40 }), (lines, size) => {
        // The first line says what the text is: an array goes another way.
        const text = Buffer.from(['{"first":true}', ...lines, '{"last":true}', ''].join('\n'));
        const faults: string[] = [];
        const events = new JsonEvents(({ message }) => faults.push(message));
        const found: string[] = [];
        for (let at = 0; at < text.length; at += size)
          for (const { object } of events.push(text.subarray(at, at + size)))
            found.push(JSON.stringify(object));
        for (const { object } of events.push(Buffer.from('\n'))) found.push(JSON.stringify(object));
        events.end();
        const whole = lines.filter((one) => {
          try {
            return typeof JSON.parse(one) === 'object' && one.startsWith('{');
          } catch {
            return false;
          }
        });
        const wanted = [
          '{"first":true}',
          ...whole.map((one) => JSON.stringify(JSON.parse(one))),
          '{"last":true}',
        ];
        // `{"a":1}}` is an event and a brace too many.
        expect(found.filter((one) => one !== '{"a":1}')).toEqual(wanted.filter((one) => one !== '{"a":1}'));
        expect(faults.length > 0).toBe(whole.length < lines.length);
      }),
      { numRuns: 300 },
    );
  });
  it('go on after one of endless size', () => {
    const faults: string[] = [];
    const events = new JsonEvents(({ message }) => faults.push(message));
    Array.from(events.push(Buffer.from('{"a":"')));
    const piece = Buffer.alloc(1_048_576, 'x');
    for (let count = 0; count < 20; count += 1) Array.from(events.push(piece));
    expect(faults[0]).toContain('more than 16777216 bytes');
    expect(Array.from(events.push(Buffer.from('\n{"b":2}\n'))).map(({ object }) => object)).toEqual([
      { b: 2 },
    ]);
  });
  it('of endless size are told', () => {
    const events = new JsonEvents();
    const piece = Buffer.alloc(1_048_576, 'x');
    expect(() => {
      Array.from(events.push(Buffer.from('{"a":"')));
      for (let count = 0; count < 20; count += 1) Array.from(events.push(piece));
    }).toThrow('more than 16777216 bytes');
  });
});

describe('fields', () => {
  it('of a flat event are taken as they are', () => {
    const event = { a: 1, b: ['x'], c: null };
    expect(flatEvent({ a: 1, c: null })).toEqual({ a: 1, c: null });
    expect(flatEvent(event)).toEqual(event);
  });
  it('of nested objects are joined with dots, and lists are values', () => {
    expect(flatEvent({ a: { b: { c: 1 }, d: [1, 'x'] }, e: [{ f: 1 }, { f: 2 }], g: [] })).toEqual({
      'a.b.c': 1,
      'a.d': [1, 'x'],
      'e.f': [1, 2],
      g: [],
    });
  });
  it('of Windows events have the names of the details view', () => {
    const event = {
      Event: {
        '#attributes': { xmlns: 'x' },
        System: {
          Provider: { '#attributes': { Name: 'Sysmon' } },
          EventID: { '#text': 1, '#attributes': { Qualifiers: '' } },
          Channel: 'Microsoft-Windows-Sysmon/Operational',
          TimeCreated: { '#attributes': { SystemTime: '2026-11-22T06:00:00Z' } },
        },
        EventData: { Image: 'C:\\x.exe', 'New Value': 1 },
        UserData: { RuleAndFileData: { PolicyName: 'p' } },
      },
    };
    const fields = flatEvent(event);
    expect(fields).toMatchObject({
      Provider_Name: 'Sysmon',
      EventID: 1,
      Image: 'C:\\x.exe',
      NewValue: 1,
      PolicyName: 'p',
      TimeCreated_SystemTime: '2026-11-22T06:00:00Z',
    });
    expect(sourceOfEvent(fields)).toEqual({
      product: 'windows',
      category: 'process_creation',
      service: 'sysmon',
    });
    expect(eventTime(fields)).toBe(Date.UTC(2026, 10, 22, 6));
  });
  it('of XML readers and Winlogbeat are the same', () => {
    const data = [
      { '@Name': 'User', '#text': 'x' },
      { '#attributes': { Name: 'Image' }, '#text': 'y' },
    ];
    expect(flatEvent({ Event: { EventData: { Data: data } } })).toEqual({ User: 'x', Image: 'y' });
    expect(
      flatEvent({ winlog: { channel: 'Security', event_id: 4688, event_data: { NewProcessName: 'x' } } }),
    ).toEqual({
      Channel: 'Security',
      EventID: 4688,
      NewProcessName: 'x',
    });
    expect(namedFields({ 'Event.EventData.Image': 'x', 'New Value': 1 })).toEqual({
      Image: 'x',
      NewValue: 1,
    });
  });
  it('cannot reach a prototype, and are bounded', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const fields = flatEvent(hostile);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(fields).toMatchObject({ 'constructor.prototype.polluted': 1 });
    let deep: unknown = 'x';
    for (let level = 0; level < 5_000; level += 1) deep = { a: deep };
    expect(Object.keys(flatEvent({ deep }))).toEqual([]);
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`a${index}`, {}]));
    expect(
      Object.keys(
        flatEvent({ wide, list: Array.from({ length: 10_000 }, (_, index) => ({ [`k${index}`]: 1 })) }),
      ).length,
    ).toBe(4_096);
  });
  it('say what log they are from', () => {
    const nothing = { product: null, category: null, service: null };
    expect(sourceOfEvent(flatEvent({ logsource: { product: 'Linux', service: 'sshd' } }))).toEqual({
      ...nothing,
      product: 'linux',
      service: 'sshd',
    });
    expect(sourceOfEvent({ Channel: 'Security', EventID: '4688' })).toEqual({
      product: 'windows',
      category: 'process_creation',
      service: 'security',
    });
    expect(sourceOfEvent({ Channel: 'constructor' })).toEqual({ ...nothing, product: 'windows' });
    expect(sourceOfEvent({ Channel: 'Other' })).toEqual({ ...nothing, product: 'windows' });
    expect(sourceOfEvent({ a: 1 })).toEqual(nothing);
  });
});
