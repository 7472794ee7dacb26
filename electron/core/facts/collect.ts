import {
  type Privilege,
  type SubjectName,
  type Subjects,
  subjects as subjectsSchema,
} from '#shared/domain/facts/facts.ts';
import { type Profile, type ProfileCorrection, profile as profileSchema } from '#shared/domain/profile.ts';
import { Collecting, type Failure, type Member, NO_PROFILE } from './collect/collecting.ts';
import { notSeen } from './collect/observe.ts';
import type { CollectRequest } from './collect/request.ts';
import type { TripHello } from './collect/trip.ts';
import { detectProfile } from './profile/detect.ts';
import type { InstallationHints } from './profile/hints.ts';

export interface Collection {
  startedAt: Date;
  tookMs: number;
  privilege: Privilege;
  profile: Profile;
  subjects: Subjects;
}

/** In the order of the schema: facts look the same whichever collector answered first. */
const ALL_SUBJECTS = Object.keys(subjectsSchema.shape) as SubjectName[];

/** Detection reads hostile facts; whatever goes wrong there, the facts themselves are kept. */
function detect(
  seen: Partial<Subjects>,
  hints: InstallationHints | null,
  corrections: readonly ProfileCorrection[],
): Profile {
  try {
    const checked = profileSchema.safeParse(detectProfile({ seen, hints, corrections }));
    return checked.success ? checked.data : NO_PROFILE;
  } catch {
    return NO_PROFILE;
  }
}

/**
 * Collects all subjects of a node in two round trips: what knows nothing of mycoSwarm, then what needs the profile. What takes
 * long and is needed by neither rides along with the first and may last as long as the second.
 * @returns the observations, one for each subject (those without a collector unseen); or why the node as a whole could
 *   not be worked with. One collector that fails is never such a reason.
 */
export async function collect(
  request: CollectRequest,
): Promise<{ ok: true; collection: Collection } | Failure> {
  const began = performance.now();
  const collecting = new Collecting(request);
  const { seen, startedAt } = collecting;
  const hardware = request.hardware === false ? null : request.host.hardware?.();
  const of = (trip: 1 | 2) => request.collectors.filter((entry) => entry.trip === trip);
  const asides = collecting.asides();
  const blind: Member[] = [...of(1), ...(request.hints ? [request.hints] : [])];
  const answered = Promise.withResolvers<{ ok: true; hello: TripHello | null }>();
  const whole = collecting.trip(blind, true, asides, (hello) => answered.resolve({ ok: true, hello }));
  const first = await Promise.race([answered.promise, whole]);
  if (!first.ok) return first;
  collecting.learn(first.hello, detect(seen, collecting.hints, request.corrections));
  const laters = collecting.laters();
  const second = await collecting.trip(of(2), collecting.context.privilege === 'sudo', laters);
  if (!second.ok) return second;
  const rest = await whole;
  collecting.readAsides([...asides, ...laters], rest.ok ? 'the node gave no answer' : rest.error.message);
  collecting.settle(second.hello);
  const described = await hardware;
  if (described && seen.identity?.state === 'seen') seen.identity.value.hardware = described;
  const subjects = Object.fromEntries(
    ALL_SUBJECTS.map((subject) => [
      subject,
      seen[subject] ?? notSeen('', startedAt, 'this version does not look at it'),
    ]),
  ) as Subjects;
  return {
    ok: true,
    collection: {
      startedAt,
      tookMs: performance.now() - began,
      privilege: collecting.context.privilege,
      profile: collecting.context.profile,
      subjects,
    },
  };
}
