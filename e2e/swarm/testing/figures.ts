import { cpus, loadavg } from 'node:os';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { ConsoleEnd } from './swarm-console.ts';

/** How long the parts of one rotation took, in milliseconds. */
export interface Figures {
  /** The preflight: all nodes are logged in to and looked at. */
  plan: number;
  /** From the click until every node is fenced and has the secret beside its old one. */
  stage: number;
  /** From the first to the last node that accepts the new secret. */
  split: number;
  /** From the click until all are proven and the old secret is destroyed. */
  total: number;
}

interface Line {
  at: number;
  ready?: true;
  plan?: unknown;
  run?: RotationRun;
}

/** @returns what a console that rotated printed, as figures; NaN for what it did not come to */
export function figuresOf({ said }: ConsoleEnd): Figures {
  const lines = said.split('\n').flatMap((line): Line[] => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const at = (is: (line: Line) => boolean) => lines.find(is)?.at ?? Number.NaN;
  const planned = at(({ plan }) => plan !== undefined);
  const last = lines.findLast(({ run }) => run !== undefined)?.run;
  return {
    plan: planned - at(({ ready }) => ready === true),
    stage: at(({ run }) => run !== undefined && !['planned', 'generated'].includes(run.stage)) - planned,
    split: last?.split?.milliseconds ?? Number.NaN,
    total: Date.parse(last?.endedAt ?? '') - planned,
  };
}

/** One line for a report: what was measured, and how busy the machine was with other things. */
export function figuresLine(what: string, figures: Readonly<Record<string, number>>): string {
  const words = Object.entries(figures).map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(2)} s`);
  return `${what}: ${words.join(', ')} (${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)})`;
}
