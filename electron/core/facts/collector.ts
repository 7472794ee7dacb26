import type { Privilege, SubjectName, Subjects } from '#shared/domain/facts/facts.ts';
import type { Gap, Observation } from '#shared/domain/facts/observation.ts';
import type { Profile } from '#shared/domain/profile.ts';

/** What a subject's value is when it was seen. */
export type SubjectValue<S extends SubjectName> = Subjects[S] extends Observation<infer V> ? V : never;

/** What collectors know when they write their script and read its answer. */
export interface CollectContext {
  /**
   * The script runs as root (`root`, `sudo`) or as an ordinary user. A script of round trip 1 is written before anybody
   * knows and sees `user`: it must ask `id -u` on the node. `parse` always sees the truth.
   */
  privilege: Privilege;
  /** Console's clock when the round trip began. */
  now: Date;
  /** Node's clock minus console's clock in milliseconds, the round trip halved; null when the node did not say. */
  skewMs: number | null;
  /** Random salt of this console (64 hex digits) for fingerprints that must be comparable between nodes. */
  salt: string;
  /** Detected and corrected profile; without instances in round trip 1. */
  profile: Profile;
  /** Subjects of earlier round trips. */
  seen: Partial<Subjects>;
}

/** Raw answer of one collector's script. All of it is hostile. */
export interface ScriptOutput {
  stdout: Buffer;
  /** Standard error, at most 64 KiB. */
  stderr: string;
  /** Exit status of the script; null when it was killed. */
  exitCode: number | null;
  /** It was ended because its time was over. */
  timedOut: boolean;
  /** Its output was longer than `maxBytes` and was cut. */
  cut: boolean;
  tookMs: number;
}

export type Collected<V> =
  | { seen: true; value: V; gaps: Gap[] }
  | { seen: false; reason: string; wouldHelp: string | null };

/** A part of a subject that takes long, needs to know nothing, and is needed by nothing but the checks. */
export interface AsidePart {
  budgetMs: number;
  maxBytes: number;
  /** POSIX sh, constant text. What it prints is put behind the answer of the collector's own script. */
  script: string;
}

/** A part that waits for the profile: it runs in round trip 2, and what it prints is put behind the subject's answer too. */
export interface LaterPart {
  budgetMs: number;
  maxBytes: number;
  script(context: CollectContext): string;
  /** Subject of round trip 2 whose answer holds something of this one, and is put behind as well. */
  with: SubjectName;
}

/**
 * Collects one subject: a fragment of POSIX sh for the node, and the pure reading of what it printed. Fragments of one
 * round trip run in parallel on the node, each under its own time limit; one that fails never stops the others.
 */
export interface Collector<S extends SubjectName> {
  subject: S;
  /**
   * In which round trip it runs: 1 knows nothing of mycoSwarm, 2 knows the profile; `aside` knows nothing, rides along with the
   * first while the second is under way already, and is read when both are done.
   */
  trip: 1 | 2 | 'aside';
  /** Runs aside while the rest of the subject is in use already. Its own script has to bear that this is missing. */
  aside?: AsidePart;
  /** Runs once the installations are known. */
  later?: LaterPart;
  budgetMs: number;
  maxBytes: number;
  /** What is read or run, as a system administrator would type it. */
  source: string;
  /**
   * POSIX sh to be run by `/bin/sh` with an unprivileged or root uid. No bash, no file is written on the node, every
   * value from the context goes through `quote` of `hosts/quote.ts`.
   */
  script(context: CollectContext): string;
  /** Must bear any bytes: throws nothing, returns `seen: false` instead. */
  parse(output: ScriptOutput, context: CollectContext): Collected<SubjectValue<S>>;
}
