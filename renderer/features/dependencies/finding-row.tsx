import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { dayInWords } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { IncidentLink } from './incident-link.tsx';
import type { PlacedFinding } from './report-groups.ts';
import { answerWords, FROM_WORDS, REOPENED_WORDS, SEVERITY_WORDS } from './report-words.ts';
import { quotedCommand } from './shell-words.ts';
import { UpgradeLink } from './upgrade-link.tsx';
import { WaysGraph } from './ways-graph.tsx';

/** Ids that are drawn before the rest is counted. */
const FIRST_IDS = 4;
/** Names of other advisories that are listed. */
const MOST_NAMES = 16;

export interface FindingRowProps {
  placed: PlacedFinding;
  /** More than one node is shown. */
  withNode: boolean;
  onAccept: (placed: PlacedFinding) => void;
  onWithdraw: (placed: PlacedFinding) => void;
}

/** One package with what is known against it: what it is, how bad, and what to do. */
export function FindingRow({ placed, withNode, onAccept, onWithdraw }: FindingRowProps) {
  const { finding, nodeName } = placed;
  const [open, setOpen] = useState(false);
  const ids = finding.ids.slice(0, FIRST_IDS);
  const more = finding.ids.length - ids.length;
  return (
    <li className="dependency">
      <Disclosure
        open={open}
        onOpenChange={setOpen}
        summary={
          <>
            <span className="dependency__name">{visible(finding.package || finding.environment)}</span>
            {finding.version ? <code className="dependency__version">{visible(finding.version)}</code> : null}
            {finding.vendoredBy ? (
              <span className="quiet"> copy within {visible(finding.vendoredBy)}</span>
            ) : null}
          </>
        }
        note={
          <>
            {visible(finding.summary)}
            {ids.length > 0 ? (
              <span className="dependency__ids">
                {ids.map(visible).join(' · ')}
                {more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}
              </span>
            ) : null}
          </>
        }
        aside={
          <span className="dependency__aside">
            {withNode ? <span className="quiet">{visible(nodeName)}</span> : null}
            {finding.kind === 'vulnerability' ? (
              <span className={`severity severity--${finding.severity}`}>
                {SEVERITY_WORDS[finding.severity]}
              </span>
            ) : finding.kind === 'malware' ? (
              <span className="severity severity--critical">Malware</span>
            ) : null}
            <span className="dependency__answer">{visible(answerWords(placed))}</span>
          </span>
        }
      >
        {open ? <FindingDetails placed={placed} onAccept={onAccept} onWithdraw={onWithdraw} /> : null}
      </Disclosure>
    </li>
  );
}

function FindingDetails({ placed, onAccept, onWithdraw }: Omit<FindingRowProps, 'withNode'>) {
  const { finding, upgrade } = placed;
  const command = upgrade?.command ?? null;
  const typed = command === null ? '' : quotedCommand(command);
  return (
    <div className="dependency__details">
      {finding.reopened ? (
        <p className="dependency__reopened">{REOPENED_WORDS[finding.reopened.why]}</p>
      ) : null}
      {finding.ignored ? (
        <p>
          Accepted{finding.ignored.until ? ` until ${dayInWords(finding.ignored.until, Date.now())}` : ''}
          {finding.ignored.untilFixed ? `${finding.ignored.until ? ', or' : ''} until there is a repair` : ''}
          : {visible(finding.ignored.reason)}
        </p>
      ) : null}
      {command ? (
        <div className="dependency__command">
          <code>{visible(typed)}</code>
          <CopyButton text={typed} label="Copy the upgrade command" />
        </div>
      ) : null}
      {finding.mayBeBackported ? (
        <p className="quiet">
          The system’s maintainers often repair a package without a new version: ask the system’s package
          manager.
        </p>
      ) : null}
      <dl className="dependency__facts">
        <div>
          <dt>Where</dt>
          <dd>
            <code>{visible(finding.environment)}</code>
          </dd>
        </div>
        <div>
          <dt>Came</dt>
          <dd>{FROM_WORDS[finding.from]}</dd>
        </div>
        <div>
          <dt>Asked for by</dt>
          <dd>
            {finding.requiredBy.length > 0
              ? finding.requiredBy.slice(0, 12).map(visible).join(', ')
              : 'nothing that is installed'}
          </dd>
        </div>
        {finding.fixed.length > 0 ? (
          <div>
            <dt>Repaired in</dt>
            <dd>{finding.fixed.slice(0, 8).map(visible).join(', ')}</dd>
          </div>
        ) : null}
      </dl>
      {finding.package !== '' && finding.requiredBy.length > 0 ? (
        <WaysGraph node={placed.node} environment={finding.environment} name={finding.package} />
      ) : null}
      {finding.ids.slice(0, FIRST_IDS).map((id) => (
        <AdvisoryText key={id} id={id} />
      ))}
      <div className="dependency__buttons">
        <UpgradeLink placed={placed} />
        {finding.kind === 'malware' ? (
          <IncidentLink node={placed.node} nodeName={placed.nodeName} isNext={false} />
        ) : null}
        {finding.ignored || finding.ids.length === 0 || finding.kind === 'malware' ? null : (
          <Button variant="plain" onClick={() => onAccept(placed)}>
            Accept for a while…
          </Button>
        )}
        {finding.ignored ? (
          <Button variant="plain" onClick={() => onWithdraw(placed)}>
            No longer accept
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Names of other advisories, by what they are to this one; nothing where there is none. */
function OtherNames({ title, ids }: { title: string; ids: readonly string[] }) {
  if (ids.length === 0) return null;
  const more = ids.length - MOST_NAMES;
  return (
    <p className="quiet">
      {title}: {ids.slice(0, MOST_NAMES).map(visible).join(', ')}
      {more > 0 ? `, and ${more} more` : ''}
    </p>
  );
}

/** What the advisory says, as text: it is written by strangers. */
function AdvisoryText({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery(orpc.dependencies.advisory.queryOptions({ input: { id }, enabled: open }));
  return (
    <Disclosure
      open={open}
      onOpenChange={setOpen}
      summary={visible(id)}
      note={data ? visible(data.summary) : undefined}
    >
      {error ? (
        <ErrorState inline {...errorWords(error, 'The advisory could not be read.')} />
      ) : data === undefined ? (
        <p className="quiet" role="status">
          <Spinner /> Reading
        </p>
      ) : data === null ? (
        <p className="quiet">Another name of one of the advisories above; the data has no text under it.</p>
      ) : (
        <>
          <RawText text={data.details || data.summary} label={`Text of ${id}`} />
          <OtherNames title="Also called" ids={data.aliases} />
          <OtherNames title="Came from" ids={data.upstream} />
          <OtherNames title="Close to it, and another one" ids={data.related} />
          {data.references.length > 0 ? (
            <ul className="dependency__references">
              {data.references.slice(0, 8).map((address) => (
                <li key={address}>
                  <code>{visible(address)}</code>
                </li>
              ))}
            </ul>
          ) : null}
        </>
      )}
    </Disclosure>
  );
}
