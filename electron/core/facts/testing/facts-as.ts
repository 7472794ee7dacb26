import { hostAs } from '#core/hosts/testing/installation.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { collect } from '../collect.ts';
import { COLLECTORS, HINTS } from '../collectors.ts';

/** All facts of this machine with the rights of an account. */
export async function factsAs(
  uid: number,
  only: readonly string[] | null = null,
): Promise<Pick<Facts, 'profile' | 'subjects' | 'privilege'> & { tookMs: number }> {
  const result = await collect({
    host: hostAs(uid),
    collectors: only ? COLLECTORS.filter((collector) => only.includes(collector.subject)) : COLLECTORS,
    hints: HINTS,
    corrections: [],
    salt: 'ab'.repeat(32),
    // That of a look at a machine known to be slow: this one may be busy with other tests.
    patience: 6,
  });
  if (!result.ok) throw new Error(result.error.message);
  return result.collection;
}

/** The value of a subject, or an error that says why it was not seen. */
export function valueIn<S extends keyof Facts['subjects']>(
  facts: Pick<Facts, 'subjects'>,
  subject: S,
): Extract<Facts['subjects'][S], { state: 'seen' }>['value'] {
  const observation = facts.subjects[subject];
  if (observation.state === 'unseen') throw new Error(`${subject}: ${observation.reason}`);
  return observation.value as Extract<Facts['subjects'][S], { state: 'seen' }>['value'];
}
