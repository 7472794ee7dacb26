import type { Finding, FindingStatus } from '#shared/domain/finding.ts';
import { LEVELS, WORST_FIRST } from '#shared/domain/level.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckReport } from './report.ts';
import type { Colour, Paint } from './terminal.ts';

const WORDS: Readonly<Record<FindingStatus, { word: string; colour: Colour }>> = {
  fix: { word: 'to fix', colour: 'red' },
  review: { word: 'to review', colour: 'yellow' },
  unknown: { word: 'unknown', colour: 'blue' },
  waived: { word: 'accepted', colour: 'magenta' },
  pass: { word: 'fine', colour: 'green' },
  'not-applicable': { word: 'not here', colour: 'dim' },
};

/**
 * A report as a person reads it: worst first, then what to do. Everything that came from the node is made visible, so
 * that no name in it can move the cursor or colour anything.
 * @param paint gives colours or none
 * @param width columns of the terminal; null leaves lines as long as they are
 */
export function tableOf(report: CheckReport, paint: Paint, width: number | null): string {
  const { node, findings } = report;
  const name = Math.max(...findings.map((finding) => finding.check.length), 5);
  const rows = WORST_FIRST.flatMap((status) =>
    findings
      .filter((finding) => finding.status === status)
      .map((finding) => row(finding, name, paint, width)),
  );
  const lines = [
    paint('bold', `${visible(node.name)}: ${levelSentence(report)}`),
    '',
    ...rows,
    '',
    tally(report),
    ...todo(findings, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function row(finding: Finding, name: number, paint: Paint, width: number | null): string {
  const { word, colour } = WORDS[finding.status];
  const head = `${paint(colour, word.padEnd(9))}  ${finding.check.padEnd(name)}  `;
  const indent = 9 + 2 + name + 2;
  const lines = wrapped(visible(finding.summary), width === null ? null : width - indent);
  return head + lines.join(`\n${' '.repeat(indent)}`);
}

function levelSentence({ level, findings }: CheckReport): string {
  if (level === null) return 'no mycoSwarm here, so no level';
  const meaning = LEVELS.find((entry) => entry.level === level);
  const at = findings[0]?.observedAt.replace('T', ' ').slice(0, 16);
  return `level ${level}, ${meaning?.name}${at === undefined ? '' : ` (looked at ${at} UTC)`}`;
}

function tally({ counts }: CheckReport): string {
  const parts: [number, string][] = [
    [counts.fix, 'to fix'],
    [counts.review, 'to review'],
    [counts.unknown, 'unknown'],
    [counts.waived, 'accepted'],
    [counts.pass, 'fine'],
    [counts.notApplicable, 'not here'],
  ];
  return parts
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(' · ');
}

/** The steps of everything that is to be fixed, and what would help to see the rest. */
function todo(findings: readonly Finding[], paint: Paint): string[] {
  const lines: string[] = [];
  for (const finding of findings) {
    if (finding.status === 'fix' && finding.fix.length > 0) {
      lines.push('', paint('bold', `To fix ${finding.check}:`));
      for (const step of finding.fix) {
        lines.push(`  ${visible(step.text)}`);
        const prompt = step.needsRoot ? '# ' : '$ ';
        if (step.command !== null) lines.push(`    ${prompt}${visible(step.command)}`);
        if (step.undo !== undefined) lines.push(paint('dim', `    back: ${prompt}${visible(step.undo)}`));
      }
    }
  }
  const help = new Set(findings.flatMap(({ wouldHelp }) => (wouldHelp === null ? [] : [visible(wouldHelp)])));
  if (help.size > 0) lines.push('', ...[...help].map((text) => paint('dim', `It would help to ${text}.`)));
  return lines;
}

function wrapped(text: string, width: number | null): string[] {
  if (width === null || width < 20) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
