import type { HostError } from '#core/hosts/host.ts';
import type { Privilege, SubjectName, Subjects } from '#shared/domain/facts/facts.ts';
import type { Profile } from '#shared/domain/profile.ts';
import type { CollectContext, ScriptOutput } from '../collector.ts';
import type { AnyCollector } from '../collectors.ts';
import type { HintCollector, InstallationHints } from '../profile/hints.ts';
import { notSeen, observe } from './observe.ts';
import type { CollectRequest } from './request.ts';
import { runTrip, type TripHello } from './trip.ts';
import type { TripJob } from './trip-script.ts';

export const NO_PROFILE: Profile = { instances: [], corrected: [] };
function privilegeOf(hello: TripHello): Privilege {
  if (hello.uid !== 0) return 'user';
  return hello.bySudo ? 'sudo' : 'root';
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
function scriptOf(member: Member, context: CollectContext): string | null {
  try {
    return member.script(context);
  } catch {
    return null;
  }
}

/** The end of another subject's answer says nothing of this one's. */
function withoutEnd(stdout: Buffer): Buffer {
  const end = Buffer.from('@end:0\0');
  return stdout.subarray(-end.length).equals(end) ? stdout.subarray(0, -end.length) : stdout;
}

/** What puts a question of its own: a subject, or the look for installations. */
export type Member = AnyCollector | HintCollector;
export type Failure = { ok: false; error: HostError };

/** A question that rides along with the first trip, and its answer once it came. */
export interface Aside {
  member: AnyCollector;
  job: TripJob;
  answer: ScriptOutput | null;
}

/** A collection while it is under way: what was asked, and what is known so far. */
export class Collecting {
  readonly startedAt = new Date();
  readonly seen: Partial<Subjects> = {};
  hints: InstallationHints | null = null;
  context: CollectContext;
  readonly #request: CollectRequest;
  /** Answers that are read again with what belongs to them: of collectors with further parts, and what is put behind. */
  readonly #first = new Map<SubjectName, ScriptOutput>();
  #done = 0;

  constructor(request: CollectRequest) {
    this.#request = request;
    const { startedAt, seen } = this;
    this.context = {
      privilege: 'user',
      now: startedAt,
      skewMs: null,
      salt: request.salt,
      profile: NO_PROFILE,
      seen,
    };
  }

  /** Between the trips: who we are there, and which installations there are. */
  learn(hello: TripHello | null, profile: Profile): void {
    const who = hello ? { privilege: privilegeOf(hello), skewMs: hello.skewMs } : {};
    this.context = { ...this.context, ...who, profile, now: new Date() };
  }

  /** Whoever was administrator for a part of the look only was an ordinary account for all of it. */
  settle(hello: TripHello | null): void {
    if (hello && privilegeOf(hello) === 'user') this.context = { ...this.context, privilege: 'user' };
  }

  #keep(collector: AnyCollector, value: Subjects[SubjectName]): void {
    Object.assign(this.seen, { [collector.subject]: value });
    this.#done += 1;
    const total = this.#request.collectors.length;
    this.#request.onProgress?.({ done: this.#done, total, subject: collector.subject });
  }

  #job(script: string, { budgetMs, maxBytes }: { budgetMs: number; maxBytes: number }): TripJob {
    const patience = Math.ceil(this.#request.patience ?? 1);
    return { script: `patience=${patience}\n${script}`, maxBytes, budgetMs: budgetMs * patience };
  }

  /** What runs beside: whole subjects, and parts of others. */
  asides(): Aside[] {
    return this.#request.collectors.flatMap((member) => {
      const script = member.trip === 'aside' ? scriptOf(member, this.context) : null;
      const parts = script === null ? [] : [this.#job(script, member)];
      if (member.aside) parts.push(this.#job(member.aside.script, member.aside));
      return parts.map((job) => ({ member, job: { ...job, yields: true }, answer: null }));
    });
  }

  /** Parts that waited for the profile. */
  laters(): Aside[] {
    return this.#request.collectors.flatMap((member) => {
      if (!member.later) return [];
      try {
        return [{ member, job: this.#job(member.later.script(this.context), member.later), answer: null }];
      } catch {
        return [];
      }
    });
  }

  /**
   * One round trip: puts the questions of all members, and keeps each answer as it comes.
   * @param asides questions that ride along; their answers are left in them
   * @param onAnswered called when every member has answered, while what rides along may still be under way; then another
   *   trip follows
   */
  async trip(
    members: readonly Member[],
    sudo: boolean,
    asides: readonly Aside[] = [],
    onAnswered?: (hello: TripHello) => void,
  ): Promise<{ ok: true; hello: TripHello | null } | Failure> {
    const before = this.context;
    const ready: { member: Member; job: TripJob }[] = [];
    for (const member of members) {
      const script = scriptOf(member, before);
      if (script !== null) ready.push({ member, job: this.#job(script, member) });
      else if (member.subject !== 'installations') {
        const reason = 'the question could not be put to this node safely';
        this.#keep(member, notSeen(member.source, before.now, reason));
      }
    }
    const jobs = [...ready, ...asides].map(({ job }) => job);
    if (jobs.length === 0) return { ok: true, hello: null };
    let left = ready.length;
    const { host } = this.#request;
    const go = (accepts: (hello: TripHello) => boolean) =>
      runTrip(host, jobs, {
        accepts,
        sudo,
        patience: this.#request.patience,
        signal: this.#request.signal,
        onHello: (hello) => {
          if (onAnswered) host.open?.(privilegeOf(hello) === 'sudo');
        },
        onJob: (index, output, hello) => {
          const aside = asides[index - ready.length];
          if (aside) aside.answer = output;
          const member = ready[index]?.member;
          if (!member) return;
          const now = { ...before, privilege: privilegeOf(hello), skewMs: hello.skewMs };
          if (member.subject === 'installations') this.hints = hintsOf(member, output, now);
          else {
            if (member.aside || this.#isRead(member.subject)) this.#first.set(member.subject, output);
            this.#keep(member, observe(member, output, now));
          }
          left -= 1;
          if (left === 0) onAnswered?.(hello);
        },
      });
    // Half a look as administrator would say of the other half that it is not there: a busy sudo(8) is asked once more.
    const isFirst = before.privilege === 'user';
    const asBefore = await go((hello) => isFirst || privilegeOf(hello) === before.privilege);
    if (!asBefore.ok || isFirst || privilegeOf(asBefore.hello) === before.privilege) return asBefore;
    return go(() => true);
  }

  #isRead(subject: SubjectName): boolean {
    return this.#request.collectors.some((member) => member.later?.with === subject);
  }

  /**
   * Reads what ran beside. Parts go behind the first answer of their subject, and all are read again as one.
   * @param why said of a subject that gave no answer
   */
  readAsides(asides: readonly Aside[], why: string): void {
    const context = { ...this.context, now: this.startedAt };
    for (const { member, answer } of asides.filter((aside) => aside.member.trip === 'aside')) {
      const source = [member.source, this.startedAt] as const;
      this.#keep(member, answer ? observe(member, answer, context) : notSeen(...source, why));
    }
    for (const member of this.#request.collectors.filter((entry) => entry.trip !== 'aside')) {
      const first = this.#first.get(member.subject);
      const parts = asides.flatMap((aside) => (aside.member === member ? (aside.answer?.stdout ?? []) : []));
      if (!first || parts.length === 0) continue;
      const other = member.later && this.#first.get(member.later.with)?.stdout;
      const stdout = Buffer.concat([first.stdout, ...parts, ...(other ? [withoutEnd(other)] : [])]);
      Object.assign(this.seen, { [member.subject]: observe(member, { ...first, stdout }, context) });
    }
  }
}
