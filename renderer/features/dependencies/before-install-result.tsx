import type { BeforeInstall } from '#shared/domain/dependencies/before-install.ts';
import { dependencyVerdict } from '#shared/domain/dependencies/dependency-verdict.ts';
import { visible } from '#shared/domain/text.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { StatusWord } from '../../components/status.tsx';
import { count } from '../../components/time-words.ts';
import { dataWords, SEVERITY_WORDS } from './report-words.ts';
import { quotedCommand } from './shell-words.ts';

const STATUS = { found: 'fix', unknown: 'unknown', clean: 'pass' } as const;
const WORD = {
  found: 'Do not install it so',
  unknown: 'Not all can be said',
  clean: 'Nothing is known against it',
} as const;
const FIRST = 12;

/** What is known of requirements before they are installed, what floats in them, and how to install exactly these. */
export function BeforeInstallResult({ found }: { found: BeforeInstall }) {
  const { report, problems, pinned } = found;
  const verdict = dependencyVerdict(report);
  return (
    <div className="before-install__result" role="status">
      <StatusWord status={STATUS[verdict]}>{WORD[verdict]}</StatusWord>
      <p className="quiet">
        {count(report.packages, 'package')}; {dataWords(report.data)}.
      </p>
      <ul>
        {report.findings.slice(0, FIRST).map((finding) => (
          <li key={`${finding.package} ${finding.kind} ${finding.ids[0] ?? ''}`}>
            <span className="dependency__name">{visible(finding.package || finding.environment)}</span>{' '}
            {finding.version ? <code>{visible(finding.version)}</code> : null}{' '}
            {finding.kind === 'vulnerability' ? SEVERITY_WORDS[finding.severity] : null}
            {finding.kind === 'malware' ? 'Malware' : null}{' '}
            <span className="quiet">
              {visible(finding.summary)}
              {finding.fixed[0] ? ` Repaired in ${visible(finding.fixed[0])}.` : ''}
            </span>
          </li>
        ))}
      </ul>
      <Left many={report.findings.length - FIRST} what="finding" />
      {problems.length > 0 ? (
        <>
          <p>What floats, or comes from elsewhere:</p>
          <ul>
            {problems
              .toSorted(byLine)
              .slice(0, FIRST)
              .map(({ line, text, seen }) => (
                <li key={`${line} ${text} ${seen}`}>
                  {line ? `Line ${line}: ` : ''}
                  <code>{visible(text)}</code> <span className="quiet">{visible(seen)}</span>
                </li>
              ))}
          </ul>
          <Left many={problems.length - FIRST} what="line" />
        </>
      ) : null}
      {pinned === null ? (
        <p className="quiet">
          It has no hashes for all of its lines, so no line can pin what is in the files. uv.lock,
          poetry.lock, pylock.toml, or requirements with hashes can.
        </p>
      ) : (
        <>
          <div className="dependency__command">
            <code>{visible(quotedCommand(pinned.command))}</code>
            <CopyButton text={quotedCommand(pinned.command)} label="Copy the install command" />
          </div>
          <p className="quiet">with these lines in FILE:</p>
          <RawText text={pinned.lines.join('\n')} label="Lines with hashes" />
          {pinned.left.length > 0 ? (
            <p className="quiet">
              Left out:{' '}
              {pinned.left
                .slice(0, 6)
                .map(({ name, why }) => `${visible(name)} (${visible(why)})`)
                .join(', ')}
              {pinned.left.length > 6 ? ` and ${pinned.left.length - 6} more` : ''}.
            </p>
          ) : null}
        </>
      )}
    </div>
  );
}

function byLine(a: BeforeInstall['problems'][number], b: BeforeInstall['problems'][number]): number {
  return (a.line ?? 0) - (b.line ?? 0);
}

function Left({ many, what }: { many: number; what: string }) {
  return many > 0 ? <p className="quiet">and {count(many, `more ${what}`)}.</p> : null;
}
