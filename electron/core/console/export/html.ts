import type { Standing } from '#shared/contract/findings.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { countsInWords, groupOf, groupWord } from '#shared/domain/counting.ts';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { LEVELS } from '#shared/domain/level.ts';
import { isNumbered } from '#shared/domain/numbered-steps.ts';
import { capital } from '#shared/domain/words.ts';
import { html, type Markup, nothing } from './markup.ts';
import { standalonePage } from './page.ts';
import type { ReportInput } from './report.ts';

const wordOf = (finding: Pick<TrackedFinding, 'status' | 'lacking'>): string =>
  capital(groupWord(groupOf([finding])));

const notSaid = html`<span class="quiet">not said</span>`;

/** @returns a report as one HTML page that needs no network, no script and no other file */
export function htmlReport(input: ReportInput): string {
  const { overview } = input;
  const samples = overview.standings.filter((standing) => standing.sample);
  const main = html`${samples.length > 0 ? html`<p class="mark">Sample node: recorded facts, not one of your machines.</p>` : nothing}
<p class="quiet">${when(input.createdAt)}</p>
<h1>${overview.sentence}</h1>
<p>${countsInWords(overview.counts).join(' · ')}</p>
<h2>Where the nodes stand</h2>
<table>
<thead><tr><th scope="col">Node</th><th scope="col">Level</th><th scope="col">Looked</th></tr></thead>
<tbody>${overview.standings.map(standingRow)}</tbody>
</table>
<h2>What was found</h2>
${input.findings.map(findingSection)}
${directTable(input.direct)}
<footer>Swarmkeep ${input.version}. Times are UTC. A finding says what was seen when it was looked at, and no more.</footer>`;
  return standalonePage(`Swarmkeep: ${overview.sentence}`, main);
}

function standingRow(standing: Standing): Markup {
  const step = standing.level === null ? null : LEVELS[standing.level];
  const level = step ? `${step.level} ${step.name}` : 'No level';
  const away = standing.away ? ' It does not answer; this is from before.' : '';
  return html`<tr><td>${standing.nodeName}${standing.sample ? ' (sample)' : ''}</td><td>${level}</td><td>${
    standing.lookedAt === null ? 'Not yet' : when(standing.lookedAt)
  }${away}</td></tr>`;
}

function findingSection(finding: TrackedFinding): Markup {
  return html`
<section class="finding">
<p class="status ${finding.status}">${wordOf(finding)}</p>
<h3>${finding.summary}</h3>
<p class="quiet">${catalogueEntry(finding.check).title} · ${finding.nodeName} · since ${when(finding.since)}${
    finding.stale ? ' · from before, the node does not answer' : ''
  }</p>
${finding.detail === '' ? nothing : html`<p>${finding.detail}</p>`}
${finding.changed ? html`<p>Changed ${when(finding.changed.at)}: ${finding.changed.words}</p>` : nothing}
${accepted(finding)}
${evidenceTable(finding)}
${finding.fix.length === 0 ? nothing : html`<p>What to do:</p><ol>${finding.fix.map(step)}</ol>`}
${(finding.anyTime ?? []).map(
  ({ heading, steps }) => html`<details><summary>${heading}</summary><ol>${steps.map(step)}</ol></details>`,
)}
${finding.wouldHelp === null ? nothing : html`<p>It would help to ${finding.wouldHelp}.</p>`}
<p class="quiet">What would change this: ${finding.wouldChange}</p>
</section>`;
}

function directTable(direct: readonly DirectDependency[]): Markup {
  if (direct.length === 0) return nothing;
  const open = direct.filter(({ told }) => !told?.purpose || !told.risk).length;
  const row = ({ name, versions, licence, told }: DirectDependency): Markup =>
    html`<tr><td>${name}<br><span class="quiet">${versions.join(', ')}</span></td><td>${
      told?.purpose || notSaid
    }</td><td>${told?.licence || licence || notSaid}</td><td>${told?.risk || notSaid}</td></tr>`;
  return html`<h2>What was asked for</h2>
<p>Packages that somebody asked for, with what the operator says of each.${
    open === 0 ? nothing : html` Purpose or risk of ${open} is not written down yet.`
  }</p>
<table>
<thead><tr><th scope="col">Package</th><th scope="col">What for</th><th scope="col">Licence</th><th scope="col">Risk, and what limits it</th></tr></thead>
<tbody>${direct.map(row)}</tbody>
</table>`;
}

function accepted({ waiver }: TrackedFinding): Markup {
  if (!waiver) return nothing;
  return html`<p>Accepted until ${waiver.until.slice(0, 10)}: ${waiver.reason}</p>
<p class="quiet">Without that: ${groupWord(waiver.underneath)}.</p>`;
}

function evidenceTable(finding: TrackedFinding): Markup {
  if (finding.evidence.length === 0) return nothing;
  const rows = finding.evidence.map(
    (entry) => html`<tr><td>${entry.what}</td><td class="${entry.status}">${entry.seen}</td></tr>`,
  );
  const raw = finding.evidence
    .filter((entry) => entry.raw !== null && entry.raw !== '')
    .map(
      (entry) =>
        html`<details><summary>Raw: ${entry.source}</summary><pre>${entry.raw ?? ''}</pre></details>`,
    );
  const left = finding.evidenceOmitted;
  return html`<div class="evidence"><table><tbody>${rows}</tbody></table></div>
${left > 0 ? html`<p class="quiet">${left} more were seen and are not listed.</p>` : nothing}${raw}`;
}

function step(entry: TrackedFinding['fix'][number]): Markup {
  const { command, file, undo } = entry;
  const shown = command === null ? nothing : html`<pre>${command}</pre>`;
  return html`<li${isNumbered(entry) ? nothing : html` class="sentence"`}>${entry.text}${
    entry.needsRoot ? ' (as administrator)' : ''
  }${
    file === undefined
      ? shown
      : html`<p class="quiet">${file.path}, owner ${file.owner}, mode ${file.mode}</p><pre>${file.contents}</pre>
<details><summary>The command that writes it</summary>${shown}</details>`
  }${
    undo === undefined
      ? nothing
      : html`<details><summary>To take it back</summary><pre>${undo}</pre></details>`
  }</li>`;
}

function when(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}
