import type { PlanStep } from '#shared/domain/plan.ts';
import { count } from '../time-words.ts';

const NEED: Readonly<Record<PlanStep['needs'][number], string>> = {
  root: 'administrator',
  package: 'installs a package',
  network: 'network',
  restart: 'restart',
};

/** What a step or a plan asks for, in the order in which people ask. */
const ORDER = ['root', 'package', 'network', 'restart'] as const;

/** @returns what steps need, each once: `administrator`, `network` */
export function needsInWords(steps: readonly Pick<PlanStep, 'needs'>[]): string[] {
  return ORDER.filter((need) => steps.some(({ needs }) => needs.includes(need))).map((need) => NEED[need]);
}

/** @returns what stops meanwhile, each service once with its longest time */
export function interruptsInWords(steps: readonly Pick<PlanStep, 'interrupts'>[]): string[] {
  const longest = new Map<string, number>();
  for (const { interrupts } of steps) {
    if (interrupts)
      longest.set(interrupts.what, Math.max(longest.get(interrupts.what) ?? 0, interrupts.seconds));
  }
  return [...longest].map(([what, seconds]) =>
    seconds === 0 ? `${what}, for a moment` : `${what}, for about ${count(seconds, 'second')}`,
  );
}
