import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { visible } from '#shared/domain/text.ts';
import { useScope } from '../../app/scope.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { StatusWord } from '../../components/status.tsx';
import { count } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { AcceptFindingDialog } from './accept-finding-dialog.tsx';
import { BeforeInstallDialog } from './before-install-dialog.tsx';
import { DataStrip } from './data-strip.tsx';
import { DirectPart } from './direct-part.tsx';
import { FindingRow } from './finding-row.tsx';
import { IncidentLink } from './incident-link.tsx';
import { NodePart } from './node-part.tsx';
import { OwnBillPart } from './own-bill-part.tsx';
import {
  GROUP_WORDS,
  GROUPS,
  type Group,
  groupsOf,
  type PlacedFinding,
  type PlacedReport,
  searched,
} from './report-groups.ts';
import {
  byHandWords,
  dependenciesSentence,
  type MissingNodes,
  malwareLead,
  missingWords,
} from './report-words.ts';
import { SeverityFilter } from './severity-filter.tsx';
import { quotedCommand } from './shell-words.ts';
import { UpgradeAllLink } from './upgrade-all-link.tsx';
import './dependencies.css';

/** Rows of a group that are drawn before somebody asks for all. */
const FIRST = 60;

/** Installed packages against what is published about them: what to do first, and how old that knowledge is. */
export function DependenciesPage() {
  const scope = useScope();
  const data = useQuery(orpc.dependencies.data.queryOptions());
  const list = useQuery(orpc.nodes.list.queryOptions());
  const nodes = (list.data ?? []).filter(({ id }) => scope === null || id === scope);
  const reports = useQueries({
    queries: nodes.map(({ id }) => orpc.dependencies.audit.queryOptions({ input: { node: id } })),
  });
  const [typed, setTyped] = useState('');
  const [severity, setSeverity] = useState<Severity | null>(null);
  const words = useDeferredValue(typed);
  const [accepting, setAccepting] = useState<PlacedFinding | null>(null);
  const [before, setBefore] = useState(false);
  const withdraw = useWithdraw();

  const failed = data.error ?? list.error ?? reports.find(({ error }) => error)?.error ?? null;
  if (!data.data || !list.data || reports.some(({ isPending }) => isPending)) {
    if (!failed) return <Waiting words="Comparing packages with advisories…" />;
    return (
      <Page>
        <ErrorState
          {...errorWords(failed, 'The packages could not be compared.')}
          action={<Button onClick={() => void data.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  const placed: PlacedReport[] = reports.flatMap(({ data: report }, index) => {
    const node = nodes[index];
    return report && node ? [{ node: node.id, nodeName: node.name, report }] : [];
  });
  const without = nodes.flatMap(({ name }, index) => (reports[index]?.data ? [] : [{ name, index }]));
  const isFailed = ({ index }: { index: number }) => reports[index]?.isError === true;
  const missing: MissingNodes = {
    failed: without.filter(isFailed).map(({ name }) => name),
    unseen: without.filter((one) => !isFailed(one)).map(({ name }) => name),
  };
  const again = (
    <Button small onClick={() => void Promise.all(reports.map(({ refetch }) => refetch()))}>
      Try again
    </Button>
  );
  const groups = groupsOf(placed);
  const packages = placed.reduce((sum, { report }) => sum + report.packages, 0);
  const commands = placed.flatMap(({ report }) =>
    report.upgrades.flatMap(({ command }) => (command ? [quotedCommand(command)] : [])),
  );
  const found = GROUPS.map((group) => ({
    group,
    rows: searched(groups[group], words).filter(
      ({ finding }) =>
        severity === null || (finding.kind === 'vulnerability' && finding.severity === severity),
    ),
  }));
  const isWhole = words.trim() === '' && severity === null;
  const nothing = found.every(({ rows }) => rows.length === 0);
  return (
    <Page>
      <PageHeader
        actions={
          <>
            {groups.malware[0] ? (
              <IncidentLink node={groups.malware[0].node} nodeName={groups.malware[0].nodeName} />
            ) : (
              <UpgradeAllLink
                placed={placed}
                isNext={data.data.state === 'fresh' && !isPartOfAdvisories(data.data)}
              />
            )}
            <Button onClick={() => setBefore(true)}>Before you install…</Button>
          </>
        }
        eyebrow={`${count(packages, 'package')} on ${count(placed.length, 'node')}`}
        sentence={dependenciesSentence(
          placed,
          groups,
          data.data,
          without.map(({ name }) => name),
        )}
        lead={
          groups.malware.length > 0 ? (
            malwareLead(groups.malware)
          ) : commands.length > 0 ? (
            <span className="dependencies__all">
              {byHandWords(commands.length)}
              <CopyButton text={`${commands.join('\n')}\n`} label="Copy all upgrade commands" />
            </span>
          ) : undefined
        }
      />
      <DataStrip data={data.data} isCalm={groups.malware.length > 0} />
      {placed.length > 0 && without.length > 0 ? (
        <p className="dependencies__missing">
          <StatusWord status="unknown">Not compared</StatusWord> <span>{missingWords(missing)}</span>
          {missing.failed.length > 0 ? again : null}
        </p>
      ) : null}
      {placed.length === 0 ? (
        <EmptyState
          sentence={
            missingWords(missing) || 'No node was looked at yet, so nothing is known of its packages.'
          }
          action={missing.failed.length > 0 ? again : undefined}
        />
      ) : (
        <>
          {GROUPS.some((group) => groups[group].length > 0) ? (
            <div className="dependencies__search">
              <SearchField label="Search packages, ids and summaries" value={typed} onValue={setTyped} />
              <SeverityFilter
                findings={[...groups.upgrade, ...groups.waiting, ...groups.accepted]}
                chosen={severity}
                onChoose={setSeverity}
              />
            </div>
          ) : null}
          {nothing && !isWhole ? (
            <EmptyState
              sentence={
                words.trim() === ''
                  ? 'Nothing here is of that severity any more.'
                  : `Nothing here has “${visible(words.trim())}” in it${severity === null ? '' : ' and that severity'}.`
              }
              action={
                <Button
                  onClick={() => {
                    setTyped('');
                    setSeverity(null);
                  }}
                >
                  Show all
                </Button>
              }
            />
          ) : null}
          {found.map(({ group, rows }) => (
            <GroupPart
              key={group}
              group={group}
              rows={rows}
              withNode={placed.length > 1}
              onAccept={setAccepting}
              onWithdraw={withdraw}
            />
          ))}
          {isWhole ? (
            <>
              <DirectPart node={scope} />
              <NodePart placed={placed} />
            </>
          ) : null}
        </>
      )}
      {isWhole ? <OwnBillPart /> : null}
      {before ? <BeforeInstallDialog onClose={() => setBefore(false)} /> : null}
      {accepting ? <AcceptFindingDialog placed={accepting} onClose={() => setAccepting(null)} /> : null}
    </Page>
  );
}

interface GroupPartProps {
  group: Group;
  rows: readonly PlacedFinding[];
  withNode: boolean;
  onAccept: (placed: PlacedFinding) => void;
  onWithdraw: (placed: PlacedFinding) => void;
}

function GroupPart({ group, rows, withNode, onAccept, onWithdraw }: GroupPartProps) {
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  const shown = all ? rows : rows.slice(0, FIRST);
  const { title, note } = GROUP_WORDS[group];
  return (
    <section className="dependencies__group" aria-label={title}>
      <SectionHeading title={title} note={note} aside={rows.length.toLocaleString('en')} />
      <ul>
        {shown.map((placed) => (
          <FindingRow
            key={`${placed.node} ${placed.finding.environment} ${placed.finding.package} ${placed.finding.version ?? ''} ${placed.finding.vendoredBy ?? ''} ${placed.finding.ids[0] ?? placed.finding.kind}`}
            placed={placed}
            withNode={withNode}
            onAccept={onAccept}
            onWithdraw={onWithdraw}
          />
        ))}
      </ul>
      {rows.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          Show {count(rows.length - shown.length, 'more')}
        </Button>
      ) : null}
    </section>
  );
}

/** Takes an acceptance back, and offers to put it there again. */
function useWithdraw(): (placed: PlacedFinding) => void {
  const queries = useQueryClient();
  const toast = useToast();
  const renew = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: orpc.dependencies.key() }),
      queries.invalidateQueries({ queryKey: orpc.findings.key() }),
    ]);
  return ({ finding }) => {
    const { ignored } = finding;
    if (!ignored) return;
    const work = async () => {
      const kept = (await client.dependencies.ignores()).find(
        ({ ignore }) => ignore.id === ignored.id && ignore.package === ignored.package,
      );
      if (kept) await client.dependencies.withdrawIgnore({ id: kept.id });
      toast({
        text: `${finding.package} counts again.`,
        undo: () => void client.dependencies.ignore(ignored).then(renew),
      });
      await renew();
    };
    work().catch((error: unknown) =>
      toast({ text: errorWords(error, 'It could not be changed.').what, problem: true }),
    );
  };
}
