import type { HostError, ScriptHost } from '#core/hosts/host.ts';
import {
  type Privilege,
  type SubjectName,
  type Subjects,
  subjects as subjectsSchema,
} from '#shared/domain/facts/facts.ts';
import { type Profile, type ProfileCorrection, profile as profileSchema } from '#shared/domain/profile.ts';
import { notSeen, observe } from './collect/observe.ts';
import { runTrip, type TripHello } from './collect/trip.ts';
import type { CollectContext, ScriptOutput } from './collector.ts';
import type { AnyCollector } from './collectors.ts';
import { detectProfile } from './profile/detect.ts';
import type { HintCollector, InstallationHints } from './profile/hints.ts';

/** How far a collection has come. */
export interface CollectProgress {
  done: number;
  total: number;
  /** The subject that has just answered; null when the connection was made. */
  subject: SubjectName | null;
}

export interface CollectRequest {
  host: ScriptHost;
  collectors: readonly AnyCollector[];
  /** Looks for installations on disk in round trip 1; its answer goes into `detectProfile`. */
  hints: HintCollector | null;
  corrections: readonly ProfileCorrection[];
  /** 64 hex digits, random for this console. */
  salt: string;
  /** Multiplies every collector's limit of time, for a machine known to be slow; 1 when left out. */
  patience?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Must not throw. */
  onProgress?: ((progress: CollectProgress) => void) | undefined;
}

export interface Collection {
  startedAt: Date;
  tookMs: number;
  privilege: Privilege;
  profile: Profile;
  subjects: Subjects;
}

const NO_PROFILE: Profile = { instances: [], corrected: [] };
/** In the order of the schema: facts look the same whichever collector answered first. */
const ALL_SUBJECTS = Object.keys(subjectsSchema.shape) as SubjectName[];

function privilegeOf(hello: TripHello): Privilege {
  if (hello.uid !== 0) return 'user';
  return hello.bySudo ? 'sudo' : 'root';
}

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
 * Collects all subjects of a node in at most three round trips: what knows nothing of mycoSwarm, then what needs the
 * profile, then what needs the answers of the second.
 * @returns the observations, one for each subject (those without a collector unseen); or why the node as a whole could
 *   not be worked with. One collector that fails is never such a reason.
 */
export async function collect(
  request: CollectRequest,
): Promise<{ ok: true; collection: Collection } | { ok: false; error: HostError }> {
  const startedAt = new Date();
  const began = performance.now();
  const seen: Partial<Subjects> = {};
  let hints: InstallationHints | null = null;
  let context: CollectContext = {
    privilege: 'user',
    now: startedAt,
    skewMs: null,
    salt: request.salt,
    profile: NO_PROFILE,
    seen,
  };
  let done = 0;
  const total = request.collectors.length;
  const keep = (collector: AnyCollector, value: Subjects[SubjectName]): void => {
    Object.assign(seen, { [collector.subject]: value });
    done += 1;
    request.onProgress?.({ done, total, subject: collector.subject });
  };

  const hardware = request.host.hardware?.();
  for (const trip of [1, 2, 3] as const) {
    const members: (AnyCollector | HintCollector)[] = request.collectors.filter(
      (entry) => entry.trip === trip,
    );
    if (trip === 1 && request.hints) members.push(request.hints);
    const before = { ...context, now: trip === 1 ? startedAt : new Date() };
    const ready: { member: AnyCollector | HintCollector; script: string }[] = [];
    for (const member of members) {
      const script = scriptOf(member, before);
      if (script !== null) ready.push({ member, script });
      else if (member.subject !== 'installations') {
        keep(member, notSeen(member.source, before.now, 'the question could not be put to this node safely'));
      }
    }
    if (ready.length === 0) continue;
    const jobs = ready.map(({ member, script }) => ({
      script,
      budgetMs: member.budgetMs * (request.patience ?? 1),
      maxBytes: member.maxBytes,
    }));
    const result = await runTrip(request.host, jobs, {
      sudo: trip === 1 || context.privilege === 'sudo',
      signal: request.signal,
      onJob: (index, output, hello) => {
        const member = ready[index]?.member;
        if (!member) return;
        const now = { ...before, privilege: privilegeOf(hello), skewMs: hello.skewMs };
        if (member.subject !== 'installations') keep(member, observe(member, output, now));
        else hints = hintsOf(member, output, now);
      },
    });
    if (!result.ok) return result;
    if (trip === 1) {
      context = { ...context, privilege: privilegeOf(result.hello), skewMs: result.hello.skewMs };
      context.profile = detect(seen, hints, request.corrections);
    }
  }
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
      privilege: context.privilege,
      profile: context.profile,
      subjects,
    },
  };
}

/** A parser of hints that throws costs the hints and nothing else. */
function hintsOf(
  member: HintCollector,
  output: ScriptOutput,
  context: CollectContext,
): InstallationHints | null {
  try {
    const answer = member.parse(output, context);
    return answer.seen ? answer.value : null;
  } catch {
    return null;
  }
}

/** A script that cannot be written (it must not throw, but knows hostile facts) costs its own subject only. */
function scriptOf(member: AnyCollector | HintCollector, context: CollectContext): string | null {
  try {
    return member.script(context);
  } catch {
    return null;
  }
}
