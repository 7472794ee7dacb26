import { visible } from '#shared/domain/text.ts';
import type { Block, Cell, ReportDocument } from './report-blocks.ts';

/** @returns the report as Markdown (CommonMark with GitHub's tables): text of machines becomes no link, no picture and no markup in it */
export function asMarkdown(report: ReportDocument): string {
  const parts = [`# ${escaped(report.title)}`, ...report.blocks.map(block), '---', escaped(report.footer)];
  return `${parts.join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'heading':
      return `## ${escaped(one.text)}`;
    case 'text':
      return escaped(one.text);
    case 'quiet':
      return `*${escaped(one.text)}*`;
    case 'list':
      return one.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
      const rule = line(one.head.map(() => '---'));
      return [line(one.head.map(escaped)), rule, ...one.rows.map((row) => line(row.map(cell)))].join('\n');
    }
  }
}

const cell = (one: Cell): string => (typeof one === 'string' ? escaped(one) : code(one.mono));

/**
 * CommonMark, section 2.4: any ASCII punctuation may be escaped. All that can begin something is, wherever it stands; of what links
 * by itself (GitHub Flavored Markdown, section 6.9) the sign that makes it one. A text is one line: line feeds are written out.
 */
function escaped(text: string): string {
  return visible(text.trim())
    .replaceAll(/[\\`*_{}[\]<>()#+!|~&@$^=]/g, '\\$&')
    .replaceAll(/:(?=\/\/)/g, '\\:')
    .replaceAll(/www(?=\.)/gi, '$&\\')
    .replace(/^-/, '\\-')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/**
 * Text as it is, between more backticks than it has anywhere (CommonMark, section 6.1). A bar would end the cell and cannot be escaped
 * behind a backslash there, so text with one is prose.
 */
function code(text: string): string {
  const plain = visible(text);
  if (plain.includes('|')) return escaped(plain);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return plain === '' ? '' : `${fence} ${plain} ${fence}`;
}
