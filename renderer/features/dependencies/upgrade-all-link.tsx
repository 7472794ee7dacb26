import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { visible } from '#shared/domain/text.ts';
import { buttonClass } from '../../components/button.tsx';
import { orpc } from '../../transport/queries.ts';
import type { PlacedReport } from './report-groups.ts';

/**
 * The next thing to do where something can be upgraded by a program: the plan of the first such node. One node at a time, for a plan
 * is of one node.
 * @param isNext whether nothing on the page comes before it
 */
export function UpgradeAllLink({ placed, isNext }: { placed: readonly PlacedReport[]; isNext: boolean }) {
  const wanted = placed.filter(({ report }) => report.upgrades.some(({ command }) => command !== null));
  const available = useQueries({
    queries: wanted.map(({ node }) => orpc.fixes.available.queryOptions({ input: { node } })),
  });
  const first = wanted.find((_, index) =>
    available[index]?.data?.checks.some((one) => one.check === 'dependency-audit' && one.automatic),
  );
  if (first === undefined) return null;
  return (
    <Link
      to="/plan"
      search={(before) => ({ ...before, do: 'fix', on: first.node, checks: 'dependency-audit' })}
      className={buttonClass(isNext ? 'filled' : 'outline')}
    >
      {placed.length > 1 ? `Upgrade ${visible(first.nodeName)}…` : 'Upgrade…'}
    </Link>
  );
}
