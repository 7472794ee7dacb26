import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { PlanSearch } from '../../app/search.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page-header.tsx';
import { Switch } from '../../components/switch.tsx';
import { orpc } from '../../transport/queries.ts';
import { FixPlan } from './fix-plan.tsx';
import { PlanView } from './plan-view.tsx';
import './plan-page.css';

/** A plan, whole, before anything is done: what changes, in which order, exactly how, and how it is taken back. */
export function PlanPage() {
  const search = useSearch({ strict: false }) as PlanSearch;
  const { on, change } = search;
  if (search.do === 'fix' && on) return <FixPlan key={on} node={on} wanted={search.checks ?? 'all'} />;
  if (search.do === 'allow' && on) return <AllowPlan key={on} node={on} />;
  if (search.do === 'remove' && on) return <RemovePlan key={on} node={on} />;
  if (search.do === 'undo' && change) return <UndoPlan key={change} change={change} />;
  if (search.do === 'redo' && change) return <RedoPlan key={change} change={change} />;
  return (
    <Page>
      <ErrorState
        what="There is no such plan."
        untouched="Nothing was changed."
        next="Open a finding and choose its fix there."
      />
    </Page>
  );
}

function AllowPlan({ node }: { node: string }) {
  const [withoutPassword, setWithoutPassword] = useState(false);
  const planning = useQuery(orpc.fixes.planAllow.queryOptions({ input: { node, withoutPassword } }));
  return (
    <PlanView
      planning={planning}
      options={
        <Switch
          label="Do not ask for my password each time"
          hint="Adds one line for sudo. Every program of the account that you connect with can then do as much as root on that machine."
          checked={withoutPassword}
          onChange={setWithoutPassword}
        />
      }
    />
  );
}

function RemovePlan({ node }: { node: string }) {
  return <PlanView planning={useQuery(orpc.fixes.planRemove.queryOptions({ input: { node } }))} />;
}

function UndoPlan({ change }: { change: string }) {
  return <PlanView planning={useQuery(orpc.fixes.planUndo.queryOptions({ input: { change } }))} />;
}

function RedoPlan({ change }: { change: string }) {
  return <PlanView planning={useQuery(orpc.fixes.planRedo.queryOptions({ input: { change } }))} />;
}
