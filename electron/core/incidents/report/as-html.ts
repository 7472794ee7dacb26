import { html, type Markup } from '#core/console/export/markup.ts';
import { standalonePage } from '#core/console/export/page.ts';
import type { Block, Cell, ReportDocument } from './report-blocks.ts';

/** @returns the report as one page that needs no network, no script and no other file; text of machines is never markup */
export function asHtml(report: ReportDocument): string {
  const main = html`<h1>${report.title}</h1>${report.blocks.map(block)}<footer>${report.footer}</footer>`;
  return standalonePage(report.title, main);
}

function block(one: Block): Markup {
  switch (one.kind) {
    case 'heading':
      return html`
<h2>${one.text}</h2>`;
    case 'text':
      return html`
<p>${one.text}</p>`;
    case 'quiet':
      return html`
<p class="quiet">${one.text}</p>`;
    case 'list':
      return html`
<ul>${one.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'table':
      return html`
<table>
<thead><tr>${one.head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${one.rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
</table>`;
  }
}

const cell = (one: Cell): Markup =>
  typeof one === 'string' ? html`<td>${one}</td>` : html`<td><code>${one.mono}</code></td>`;
