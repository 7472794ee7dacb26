import { askPipAudit } from '#core/dependencies/peer/ask-pip-audit.ts';
import {
  compareAnswers,
  type PeerComparison,
  questionAbout,
} from '#core/dependencies/peer/compare-answers.ts';
import { findPipAudit } from '#core/dependencies/peer/find-pip-audit.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import type { Paint, Terminal } from './terminal.ts';

/** What pip-audit says beside us: of all environments together, or why it said nothing. */
export type PeerResult = ({ program: string } & PeerComparison) | { unanswered: string };

/**
 * Asks the pip-audit of whoever runs this command about the same packages, one environment after the other.
 * @param report what we say; it stays as it is
 */
export async function askPeer(
  environments: readonly Environment[],
  report: DependencyReport,
  terminal: Terminal,
): Promise<PeerResult> {
  const found = findPipAudit(environments, terminal.environment.PATH ?? '');
  if (!found.ok) return { unanswered: found.reason };
  const { program } = found;
  const all: PeerComparison = { agreed: 0, onlyHere: [], onlyThere: [], notCompared: [] };
  const off = new AbortController();
  const stop = (): void => off.abort();
  process.once('SIGINT', stop);
  try {
    for (const environment of environments) {
      const question = questionAbout(environment);
      const asked =
        question.lines.length === 0
          ? { ok: true as const, answer: { weaknesses: [], looked: [], skipped: [] } }
          : await askPipAudit(program, question.lines, terminal.environment, off.signal);
      if (!asked.ok) return { unanswered: `${program} was asked, and ${asked.reason}` };
      const own = report.findings.filter((finding) => finding.environment === environment.id);
      const { agreed, onlyHere, onlyThere, notCompared } = compareAnswers(own, question, asked.answer);
      all.agreed += agreed;
      all.onlyHere.push(...onlyHere);
      all.onlyThere.push(...onlyThere);
      all.notCompared.push(...notCompared);
    }
    return { program, ...all };
  } finally {
    process.off('SIGINT', stop);
  }
}

/** The comparison for a person, behind our own table. */
export function peerWords(result: PeerResult, paint: Paint): string {
  if ('unanswered' in result)
    return `\n${paint('yellow', 'pip-audit said nothing')}: ${visible(result.unanswered)}.\n`;
  const { agreed, onlyHere, onlyThere, notCompared } = result;
  const differences = onlyHere.length + onlyThere.length;
  const row = ({ package: name, version, ids }: { package: string; version: string | null; ids: string[] }) =>
    `  ${visible(name)} ${visible(version ?? '')}  ${ids.slice(0, 4).map(visible).join(' ')}`;
  const lines = [
    '',
    `${paint('bold', 'Beside pip-audit')} (${visible(result.program)}): ${counted(agreed, 'weakness', 'weaknesses')} named by both, ${counted(differences, 'difference')}.`,
    ...(onlyHere.length === 0 ? [] : ['Named here only:', ...onlyHere.map(row)]),
    ...(onlyThere.length === 0 ? [] : [paint('yellow', 'Named by pip-audit only:'), ...onlyThere.map(row)]),
    ...(notCompared.length === 0
      ? []
      : [
          paint('dim', `Not compared: ${counted(notCompared.length, 'package')}`),
          ...notCompared
            .slice(0, 20)
            .map(({ package: name, why }) => paint('dim', `  ${visible(name)}: ${visible(why)}`)),
        ]),
    '',
  ];
  return lines.join('\n');
}
