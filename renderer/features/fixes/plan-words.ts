import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted, listed } from '#shared/domain/words.ts';
import { fixVerb } from '../../components/fixes/fix-verbs.ts';
import { interruptsInWords } from '../../components/fixes/step-words.ts';
import { count } from '../../components/time-words.ts';

/** What a plan amounts to, in one or two sentences: how many steps, what stops, whether it comes back by itself. */
export function planLead(plan: Plan): string {
  const node = visible(plan.nodeName);
  if (plan.steps.length === 0) return visible(plan.blocked ?? '');
  const stops = interruptsInWords(plan.steps).map(visible);
  const sentences = [
    `${capital(counted(plan.steps.length, 'step'))}. ${
      stops.length === 0 ? 'Nothing stops or restarts.' : `Meanwhile stops: ${listed(stops, 4, 'service')}.`
    }`,
    plan.revertsAfter === null
      ? ''
      : `${node} takes it back by itself after ${count(plan.revertsAfter, 'second')} unless you keep it.`,
    plan.next === undefined || plan.next.length === 0
      ? ''
      : `It is the first of two rounds: ${counted(plan.next.length, 'fix', 'fixes')} wait${plan.next.length === 1 ? 's' : ''} for what it puts there.`,
  ];
  return sentences.filter(Boolean).join(' ');
}

/** The words of the one button that orders a plan. */
export function orderWords(plan: Plan): string {
  const node = visible(plan.nodeName);
  const [check] = plan.checks;
  switch (plan.purpose) {
    case 'fix':
      return plan.checks.length === 1 && check
        ? fixVerb(check)
        : `Do these ${counted(plan.steps.length, 'step')}`;
    case 'undo':
      return 'Undo this change';
    case 'redo':
      return 'Do it again';
    case 'allow-changes':
      return `Allow changes on ${node}`;
    case 'stop-changes':
      return `Allow no more changes on ${node}`;
    case 'remove':
      return `Remove Swarmkeep from ${node}`;
  }
}
