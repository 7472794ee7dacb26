import { describe, expect, it } from 'vitest';
import { tableOf } from './table.ts';
import { painter, wantsColour } from './terminal.ts';
import { findingOf, reportOf } from './testing/findings.ts';

const hostile = 'miu\u001b[2J\u001b]0;owned\u0007\u202eexe.\r\nfine  dedicated-user  all is well';

describe('the table', () => {
  const report = reportOf([
    findingOf('time-sync', 'pass'),
    findingOf('service-bindings', 'fix', {
      summary: 'miu answers every network.',
      fix: [{ text: 'Bind to the LAN.', command: 'systemctl edit mycoswarm', needsRoot: true }],
    }),
    findingOf('os-updates', 'unknown', { wouldHelp: 'allow one command as administrator' }),
  ]);

  it('has the worst first, then what to do', () => {
    const lines = tableOf(report, painter(false), null).split('\n');
    expect(lines[0]).toBe('miu: level 0, Exposed (looked at 2026-11-21 19:20 UTC)');
    expect(lines.slice(2, 5)).toEqual([
      'to fix          service-bindings  miu answers every network.',
      'could not look  os-updates        About os-updates.',
      'fine            time-sync         About time-sync.',
    ]);
    expect(lines).toContain('1 to fix · 1 could not look · 1 fine');
    expect(lines).toContain('    # systemctl edit mycoswarm');
    expect(lines).toContain('It would help to allow one command as administrator.');
  });

  it('lets nothing of a node reach the terminal as it is', () => {
    const bad = reportOf([
      findingOf('service-bindings', 'fix', {
        summary: hostile,
        fix: [{ text: hostile, command: hostile, needsRoot: false }],
        wouldHelp: hostile,
      }),
    ]);
    bad.node.name = hostile;
    const text = tableOf(bad, painter(false), 80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is shown here.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split('\n').filter((line) => line.startsWith('fine'))).toEqual([]);
  });

  it('breaks long sentences under themselves on a terminal', () => {
    const long = reportOf([findingOf('time-sync', 'pass', { summary: 'word '.repeat(40).trim() })]);
    const lines = tableOf(long, painter(false), 60).split('\n').slice(2, -3);
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(lines[1]).toMatch(/^ {19}word/);
  });

  it('is coloured on a terminal alone, and NO_COLOR is honoured', () => {
    const write = () => undefined;
    expect(wantsColour({ write, isTTY: true }, {})).toBe(true);
    expect(wantsColour({ write, isTTY: false }, {})).toBe(false);
    expect(wantsColour({ write, isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ write, isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(tableOf(report, painter(true), null)).toContain('\u001b[31mto fix        \u001b[0m');
  });

  it('says that there is no level without mycoSwarm', () => {
    expect(tableOf(reportOf([], null), painter(false), null)).toContain('no mycoSwarm here, so no level');
  });
});
