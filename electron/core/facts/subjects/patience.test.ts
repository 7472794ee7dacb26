import { expect, it } from 'vitest';
import { blankInstance } from '#shared/domain/profile.ts';
import type { CollectContext } from '../collector.ts';
import { COLLECTORS } from '../collectors.ts';
import { HTTP } from '../script/prelude.ts';

/** A program with a limit of its own in plain seconds. Those behind `limit` and `limited` are stretched there. */
const FIXED_LIMIT = /\b(?:timeout(?: -[ks] \w+)*|--max-time|--connect-timeout|sleep) +\d+(?:\.\d+)?[^\n]*/g;
/** A pause between two looks at the same thing is none. */
const NO_LIMIT = 'sleep 0.25';

const CONTEXT: CollectContext = {
  privilege: 'root',
  now: new Date(0),
  skewMs: 0,
  salt: 'ab'.repeat(32),
  seen: {},
  profile: {
    corrected: [],
    instances: [
      {
        ...blankInstance('a', 'by-hand'),
        uid: 1000,
        home: '/home/a',
        virtualEnvironment: '/home/a/venv',
      },
    ],
  },
};

it.each(COLLECTORS.map((collector) => [collector.subject, collector] as const))(
  'gives %s more time on a machine known to be slow',
  (_subject, collector) => {
    const fixed = collector.script(CONTEXT).match(FIXED_LIMIT) ?? [];
    expect(fixed.filter((limit) => limit !== NO_LIMIT)).toEqual([]);
  },
);

it('gives an answer over HTTP more time there too', () => {
  expect(HTTP.match(FIXED_LIMIT)).toBeNull();
  expect(HTTP).not.toMatch(/timeout=\d/);
});
