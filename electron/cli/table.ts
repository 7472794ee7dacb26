import { COUNT_GROUPS, type CountGroup, countsInWords, groupOf, groupWord } from '#shared/domain/counting.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { LEVELS } from '#shared/domain/level.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckReport } from './report.ts';
import type { Colour, Paint } from './terminal.ts';

const COLOURS: Readonly<Record<CountGroup, Colour>> = {
  fix: 'red',
  review: 'yellow',
  unknown: 'blue',
  waived: 'magenta',
  pass: 'green',
  'not-applicable': 'dim',
  lacking: 'dim',
};

/**
 * A report as a person reads it: worst first, then what to do. Everything that came from the node is made visible, so
 * that no name in it can move the cursor or colour anything.
 * @param paint gives colours or none
 * @param width columns of the terminal; null leaves lines as long as they are
 */
export function tableOf(report: CheckReport, paint: Paint, width: number | null): string {
  const { node, findings } = report;
  const columns = {
    word: Math.max(...findings.map((finding) => groupWord(groupOf([finding])).length), 6),
    name: Math.max(...findings.map((finding) => finding.check.length), 5),
  };
  const rows = COUNT_GROUPS.flatMap((group) =>
    findings
      .filter((finding) => groupOf([finding]) === group)
      .map((finding) => row(finding, columns, paint, width)),
  );
  const lines = [
    paint('bold', `${visible(node.name)}: ${levelSentence(report)}`),
    '',
    ...rows,
    '',
    countsInWords(report.counts).join(' · '),
    ...todo(findings, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function row(
  finding: Finding,
  columns: { word: number; name: number },
  paint: Paint,
  width: number | null,
): string {
  const group = groupOf([finding]);
  const word = groupWord(group).padEnd(columns.word);
  const head = `${paint(COLOURS[group], word)}  ${finding.check.padEnd(columns.name)}  `;
  const indent = columns.word + 2 + columns.name + 2;
  const lines = wrapped(visible(finding.summary), width === null ? null : width - indent);
  return head + lines.join(`\n${' '.repeat(indent)}`);
}

function levelSentence({ level, findings }: CheckReport): string {
  if (level === null) return 'no mycoSwarm here, so no level';
  const meaning = LEVELS.find((entry) => entry.level === level);
  const at = findings[0]?.observedAt.replace('T', ' ').slice(0, 16);
  return `level ${level}, ${meaning?.name}${at === undefined ? '' : ` (looked at ${at} UTC)`}`;
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
