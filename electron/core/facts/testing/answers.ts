import type { CollectContext, ScriptOutput } from '../collector.ts';

/** Answers as real programs print them (Debian 12, Ubuntu 24.04, Fedora), framed as the scripts frame them. For tests only. */
export function answer(...records: [tag: string, ...fields: string[]][]): ScriptOutput {
  const text = records.map(([tag, ...fields]) =>
    [`@${tag}:${fields.length}`, ...fields].map((part) => `${part}\0`).join(''),
  );
  const stdout = Buffer.from(`${text.join('')}@end:0\0`);
  return { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 };
}

/** What a collector is told besides the answer: root, a node without mycoSwarm, nothing seen before. */
export const context: CollectContext = {
  privilege: 'root',
  now: new Date('2026-11-21T20:00:00Z'),
  skewMs: 0,
  salt: 'ab'.repeat(32),
  profile: { instances: [], corrected: [] },
  seen: {},
};

/** @returns the value of a subject that was seen @throws Error with the reason when it was not */
export function value<V>(result: { seen: true; value: V } | { seen: false; reason: string }): V {
  if (!result.seen) throw new Error(result.reason);
  return result.value;
}
