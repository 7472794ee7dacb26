import type { FollowUp } from '#shared/domain/incident/follow-up.ts';
import type { HuntResult } from '#shared/domain/incident/hunt.ts';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { nextStep, stepText } from '#shared/domain/incident/incident-words.ts';
import type { RejoinGate } from '#shared/domain/incident/rebuild.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { holdText } from './hold-words.ts';

const STATE = {
  'not-begun': ' ',
  'under-way': '…',
  done: 'x',
  skipped: '-',
  failed: '!',
} as const;
const PROOF = { proven: 'proven', part: 'not all of it proven', said: 'as you say' } as const;

/** @returns an incident as lines: how it stands, each step with what is known of it, and what comes next */
export function incidentText({ incident, sentence, isolation }: IncidentView): string {
  const next = nextStep(incident);
  const steps = incident.steps.map((step) => {
    const how =
      step.proof === null ? step.words : `${PROOF[step.proof]}${step.words === '' ? '' : `: ${step.words}`}`;
    const title = visible(stepText(incident, step.step).title);
    return `  [${STATE[step.state]}] ${step.step.padEnd(12)} ${title}${how === '' ? '' : ` (${visible(how)})`}\n`;
  });
  const last =
    incident.closedAt !== null
      ? `Closed: ${visible(incident.closing)}\n`
      : next === null
        ? 'Every step is settled or under way.\n'
        : `Next: ${visible(stepText(incident, next.step).title)}.\n`;
  const follow =
    incident.followUps.length === 0
      ? ''
      : `What will change:\n${incident.followUps.map((one) => `  ${followUpLine(one)}`).join('')}`;
  return `Incident ${incident.number}, ${visible(incident.name)}: ${visible(sentence)}\n${isolation === null ? '' : holdText(isolation)}${steps.join('')}${follow}${last}`;
}

/** @returns what is to change as one line: whether it was, who sees to it, until when */
export function followUpLine({ number, words, owner, due, doneAt }: FollowUp): string {
  const more = [owner === '' ? '' : visible(owner), due === null ? '' : `until ${due}`]
    .filter(Boolean)
    .join(', ');
  return `[${doneAt === null ? ' ' : 'x'}] ${number}. ${visible(words)}${more === '' ? '' : ` (${more})`}\n`;
}

const CONDITION = { met: 'met', 'not-met': 'NOT MET', unknown: 'not known' } as const;

/** @returns what has to be true before a node rejoins, each with its proof */
export function gateText({ sentence, conditions }: RejoinGate): string {
  const lines = conditions.map(
    ({ name, state, words }) => `  ${CONDITION[state].padEnd(9)} ${name.padEnd(9)} ${visible(words)}\n`,
  );
  return `${visible(sentence)}\n${lines.join('')}`;
}

/** @returns what a step would do, before it is agreed to */
export function planText(plan: IncidentPlan): string {
  const lines = [...plan.lines, ...plan.warnings.map((line) => `Note: ${line}`), plan.reversible];
  return `${visible(plan.title)}\n${lines.map((line) => `  ${visible(line)}\n`).join('')}`;
}

/** @returns what every node answered */
export function huntText(result: HuntResult): string {
  const nodes = result.nodes.map(({ name, state, hits, why }) => {
    const found = hits.map(({ what }) => `    ${visible(what)}\n`).join('');
    const reasons = why.map((line) => `    ${visible(line)}\n`).join('');
    return `  ${visible(name)}: ${WORDS[state]}\n${found}${reasons}`;
  });
  return `${visibleLines(result.sentence)}\n${nodes.join('')}`;
}

const WORDS = {
  found: 'has it',
  'not-found': 'does not have it',
  partly: 'not found, and not all could be seen',
  'could-not': 'could not be asked',
} as const;
