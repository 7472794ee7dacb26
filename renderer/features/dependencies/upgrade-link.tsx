import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../components/button.tsx';
import { orpc } from '../../transport/queries.ts';
import type { PlacedFinding } from './report-groups.ts';

/**
 * The way to the plan of the upgrades of a node, where a program can do this one: a plan like every other, shown before anything
 * happens. Nothing is fetched by looking at it.
 */
export function UpgradeLink({ placed: { node, finding, upgrade } }: { placed: PlacedFinding }) {
  const isWeakness = finding.kind === 'vulnerability' && finding.ignored === null && !finding.mayBeBackported;
  const wanted = isWeakness && upgrade?.command != null;
  const available = useQuery(orpc.fixes.available.queryOptions({ input: { node }, enabled: wanted }));
  const fix = available.data?.checks.find(({ check }) => check === 'dependency-audit');
  if (!wanted || fix?.automatic !== true) return null;
  return (
    <Link
      to="/plan"
      search={(before) => ({ ...before, do: 'fix', on: node, checks: 'dependency-audit' })}
      className={buttonClass('outline')}
    >
      Upgrade…
    </Link>
  );
}
