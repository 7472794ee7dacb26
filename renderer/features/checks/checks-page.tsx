import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { COUNT_GROUPS, type CountGroup, countingNodes } from '#shared/domain/counting.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { useScope } from '../../app/scope.ts';
import type { ChecksSearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { OpenFollowUps } from '../../components/follow-ups/open-follow-ups.tsx';
import { LookedAt } from '../../components/looked-at.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { count } from '../../components/time-words.ts';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { AddNodeLink } from './add-node-link.tsx';
import { ChecksToolbar } from './checks-toolbar.tsx';
import { FindingList } from './finding-list.tsx';
import { FoldedFooter } from './folded-footer.tsx';
import { pageSentence } from './page-sentence.ts';
import { type Group, type OpenFinding, type SortKey, triage } from './triage.ts';
import './checks.css';

const OPEN_AT_FIRST: readonly CountGroup[] = ['fix', 'review'];

/** Everything that was checked: what waits for a person is open, the rest is folded into the foot. */
export function ChecksPage() {
  const node = useScope();
  const list = useQuery(orpc.findings.list.queryOptions({ input: { node } }));
  const nodes = useQuery(orpc.nodes.list.queryOptions());
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState<SortKey>('worst');
  const [only, setOnly] = useState<CountGroup | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<CountGroup>>(new Set(OPEN_AT_FIRST));
  const { open, setOpen } = useOpenFinding();
  // Folding takes the pressed button away: focus follows the group to where it is now.
  const wanted = useRef<CountGroup>(null);

  const findings = useMemo(
    () => list.data && countedFindings(list.data, nodes.data ?? [], node, open?.on),
    [list.data, nodes.data, node, open?.on],
  );
  const all = useMemo(() => triage(findings ?? [], { query: '', sort }), [findings, sort]);
  const found = useMemo(
    () => (query.trim() === '' ? all : triage(findings ?? [], { query, sort })),
    [all, findings, query, sort],
  );
  useUnfoldFor(open?.check, all, setUnfolded);

  if (list.isError && !findings) {
    return (
      <Page dense>
        <ErrorState
          {...errorWords(list.error, 'The findings could not be read.')}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  if (!findings || !nodes.data) return <Waiting words="Reading the findings…" />;

  const scoped = nodes.data.find((entry) => entry.id === node);
  const name = scoped ? visible(scoped.name) : null;
  const searching = query.trim() !== '';
  const shown = found.filter(
    (group) =>
      group.rows.length > 0 && (only === null ? searching || unfolded.has(group.key) : group.key === only),
  );
  const folded = found.filter((group) => group.checks > 0 && !shown.includes(group));
  const checks = all.reduce((sum, group) => sum + group.checks, 0);
  const recorded = new Set(
    nodes.data.filter((entry) => entry.address.kind === 'recorded').map((entry) => entry.id),
  );
  const live = findings.filter((finding) => !recorded.has(finding.node));
  const looked = newestLook((live.length > 0 ? live : findings).map((finding) => finding.observedAt));

  const toggle = (key: CountGroup) => {
    wanted.current = key;
    setOnly(null);
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  };

  return (
    <div className="checks">
      <Page dense className="checks__page">
        <PageHeader
          dense
          eyebrow={
            <>
              {name ?? 'All nodes'} · {count(checks, 'check')}
              {looked ? (
                <>
                  {' '}
                  · <LookedAt at={looked} recorded={live.length === 0} />
                </>
              ) : null}
            </>
          }
          sentence={findings.length === 0 ? nothingSentence(nodes.data.length) : pageSentence(all, name)}
        />
        {findings.length === 0 ? (
          <EmptyState
            sentence={
              nodes.data.length === 0
                ? 'Checks are listed here once a node is there.'
                : 'Nothing was looked at yet.'
            }
            action={<AddNodeLink nodes={nodes.data.length} />}
          />
        ) : (
          <>
            <ChecksToolbar
              query={query}
              onQuery={setQuery}
              sort={sort}
              onSort={setSort}
              only={only}
              onOnly={setOnly}
              groups={all}
              nodes={nodes.data}
              node={node}
            />
            <FindingList
              groups={shown}
              total={all}
              open={open}
              onOpen={setOpen}
              onToggleGroup={toggle}
              wanted={wanted}
              empty={
                searching
                  ? {
                      sentence: 'Nothing here has these words.',
                      act: 'Clear the search',
                      onAct: () => setQuery(''),
                    }
                  : {
                      sentence: 'All of it is folded below.',
                      act: 'Show all',
                      onAct: () => setUnfolded(new Set(COUNT_GROUPS)),
                    }
              }
            />
          </>
        )}
        <OpenFollowUps />
      </Page>
      {findings.length > 0 ? (
        <FoldedFooter
          groups={folded}
          checks={checks}
          wanted={wanted}
          onUnfold={(key) => toggle(key)}
          onAll={() => {
            setOnly(null);
            setUnfolded(new Set(COUNT_GROUPS));
          }}
          onLess={() => setUnfolded(new Set(OPEN_AT_FIRST))}
        />
      ) : null}
    </div>
  );
}

/**
 * Of all nodes together the sample counts only while there is no other, as on Home. Whoever follows a link to one of its
 * findings sees it nevertheless.
 */
function countedFindings(
  findings: readonly TrackedFinding[],
  nodes: readonly SwarmNode[],
  scope: NodeId | null,
  linked: string | undefined,
): readonly TrackedFinding[] {
  if (scope !== null) return findings;
  const counting = new Set(countingNodes(nodes).map(({ id }) => id));
  return findings.filter((finding) => counting.has(finding.node) || finding.node === linked);
}

function nothingSentence(nodes: number): string {
  return nodes === 0 ? 'No node yet, so there is nothing to check.' : 'Not looked yet.';
}

function newestLook(times: readonly string[]): string | null {
  return times.reduce<string | null>((newest, at) => (newest === null || at > newest ? at : newest), null);
}

/** Which finding is unfolded: in the address, so that it can be linked to and survives a reload. */
function useOpenFinding() {
  const { check, on } = useSearch({ strict: false }) as ChecksSearch;
  const navigate = useNavigate();
  const setOpen = useCallback(
    (finding: OpenFinding | null) =>
      void navigate({
        to: '/checks',
        search: (before) => ({ ...before, check: finding?.check, on: finding?.on }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const open = useMemo(() => (check === undefined ? null : { check, on }), [check, on]);
  return { open, setOpen };
}

/** A linked finding may lie in a folded group: unfold that group. */
function useUnfoldFor(
  check: string | undefined,
  groups: readonly Group[],
  unfold: (change: (before: ReadonlySet<CountGroup>) => ReadonlySet<CountGroup>) => void,
): void {
  const key = groups.find((group) => group.rows.some((row) => row.check === check))?.key;
  useEffect(() => {
    if (key) unfold((before) => (before.has(key) ? before : new Set([...before, key])));
  }, [key, unfold]);
}
