import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseScore, ratingOf, severityOf } from './cvss.ts';

/** Vectors with the scores that FIRST gives: CVSS v2.0 section 3.3, v3.1 "Examples", v4.0 "Examples". */
const SCORES: [string, string, number][] = [
  ['CVSS_V2', 'AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
  ['CVSS_V2', 'AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
  ['CVSS_V2', 'AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
  ['CVSS_V2', 'AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C', 7.8],
  ['CVSS_V3', 'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ['CVSS_V3', 'CVSS:3.1/S:C/AV:N/AC:L/PR:N/UI:N/C:H/I:H/A:H', 10],
  ['CVSS_V4', 'CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
  ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
  ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N', 8.8],
  // What is known of its use lowers it for a reader of the news, and not for us.
  ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:U', 8.8],
];

const UNREADABLE: [string, string][] = [
  ['CVSS_V3', ''],
  ['CVSS_V3', '9.8'],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L'],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X'],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/'],
  ['CVSS_V3', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H'],
  ['CVSS_V3', 'CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  ['CVSS_V4', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  ['CVSS_V2', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  ['Ubuntu', 'high'],
];

describe('severity', () => {
  it.each(SCORES)('%s %s', (type, score, expected) => {
    expect(baseScore({ type, score })).toBe(expected);
  });

  it.each(UNREADABLE)('reads no score from %s "%s"', (type, score) => {
    expect(baseScore({ type, score })).toBeNull();
  });

  it('is the highest of what can be read, else the word, else unrated', () => {
    const low = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N' };
    const high = {
      type: 'CVSS_V4',
      score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N',
    };
    const broken = { type: 'CVSS_V3', score: 'CVSS:3.1/garbage' };
    expect(severityOf([low, high, broken], 'LOW')).toEqual({ severity: 'high', score: 8.8 });
    expect(severityOf([broken], 'moderate')).toEqual({ severity: 'medium', score: null });
    expect(severityOf([broken], 'SEVERE')).toEqual({ severity: 'unrated', score: null });
    expect(severityOf([], null)).toEqual({ severity: 'unrated', score: null });
    expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10].map(ratingOf)).toEqual([
      ...['none', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical'],
    ]);
  });

  it('of any text is a score or none, and never an error', () => {
    const piece = fc.constantFrom(
      'CVSS:3.1',
      'CVSS:4.0',
      'AV:N',
      'AC:L',
      'PR:N',
      'UI:N',
      'S:U',
      'C:H',
      'I:H',
      'A:H',
      '',
      'x',
      ':',
      'AV:NN',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('CVSS_V2', 'CVSS_V3', 'CVSS_V4', 'x'),
        fc.array(piece, { maxLength: 12 }),
        (type, pieces) => {
          const score = baseScore({ type, score: pieces.join('/') });
          expect(score === null || (score >= 0 && score <= 10)).toBe(true);
        },
      ),
    );
  });
});
