import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { speaksOfAdministrator, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../transport/queries.ts';
import { useApplied } from '../../transport/use-live.ts';
import { AdministratorLook } from '../administrator-look.tsx';
import { Button } from '../button.tsx';
import { errorWords } from '../error-state.tsx';
import { FixCard } from '../fix-card.tsx';
import { Spinner } from '../spinner.tsx';
import { AllowLink } from './allow-link.tsx';
import { PasswordAsked } from './asked-elsewhere.tsx';
import { ChangeCard } from './change-card.tsx';
import { isSettled } from './change-words.ts';
import { useIsExample } from './example-note.tsx';
import { fixVerb } from './fix-verbs.ts';
import { PlanCard } from './plan-card.tsx';
import './automatic-fix.css';

/** What the steps by hand are shown with. */
export interface ByHand {
  /** Why no program does it here, in one sentence; null when nothing is known about it. */
  reason: string | null;
  /** The way to let a program do it; null where nothing of the kind would help. */
  allow: ReactNode;
  /** The node is a recording: steps are shown to be read, and nothing can be done. */
  example: boolean;
}

export interface AutomaticFixProps {
  finding: TrackedFinding;
  /** Beside the evidence, in a column. */
  column?: boolean;
  /** At the right edge of the card: "Not now", "Accept the risk until…". */
  aside: ReactNode;
  /** The card with the steps to copy: for what no program does, or may not do here. */
  byHand: (words: ByHand) => ReactNode;
}

/** The repair of a finding: the change under way, else the card of its plan, else the steps to do by hand and why. */
export function AutomaticFix({ finding, column = false, aside, byHand }: AutomaticFixProps) {
  const { node, check } = finding;
  const name = visible(finding.nodeName);
  const change = useChangeOf(finding);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const queries = useQueryClient();
  const shown = change !== null && change.id !== dismissed ? change : null;
  const available = useQuery(orpc.fixes.available.queryOptions({ input: { node } }));
  const known = available.isPlaceholderData ? undefined : available.data;
  const fix = known?.checks.find((entry) => entry.check === check);
  const example = useIsExample(node);
  // Of a recording the plan is shown as an example; it can be ordered nowhere.
  const wanted =
    fix?.automatic === true && known !== undefined && (known.access.via !== 'none' || example === true);
  const planning = useQuery(
    orpc.fixes.plan.queryOptions({ input: { node, checks: [check] }, enabled: wanted && shown === null }),
  );
  const plan = planning.isPlaceholderData ? undefined : planning.data;

  if (shown) {
    // The plan that was ordered is used up: the next one is made anew, from what is there now.
    const planAgain = () => {
      queries.removeQueries({ queryKey: orpc.fixes.plan.key() });
      setDismissed(shown.id);
    };
    return (
      <ChangeCard
        change={shown}
        column={column}
        actions={<Button onClick={planAgain}>Plan it again</Button>}
      />
    );
  }
  if (known === undefined || example === undefined) {
    return available.isError ? (
      byHand({ reason: null, allow: null, example: false })
    ) : (
      <Reading column={column} name={name} node={node} />
    );
  }
  if (fix === undefined) return byHand({ reason: null, allow: null, example });
  if (!fix.automatic) return byHand({ reason: visible(fix.words), allow: null, example });
  if (!wanted) {
    return byHand({
      reason: visible(known.access.words) || `Nothing is allowed on ${name}.`,
      allow: known.access.away ? (
        <Button onClick={() => void available.refetch()}>Try again</Button>
      ) : (
        <AllowLink node={node} nodeName={name} filled={!column} />
      ),
      example,
    });
  }
  if (planning.isError) {
    const { what, next } = errorWords(planning.error, 'The plan could not be made.');
    return byHand({
      reason: [what, next].filter(Boolean).join(' '),
      allow: <Button onClick={() => void planning.refetch()}>Try to plan again</Button>,
      example,
    });
  }
  if (plan === undefined) return <Reading column={column} name={name} node={node} title={fixVerb(check)} />;
  // Every check that was asked for was left out: the reason is the answer.
  if (plan.steps.length === 0) {
    const reason = plan.left.find((entry) => entry.check === check)?.reason ?? plan.blocked;
    return byHand({
      reason: reason ? visible(reason) : null,
      // Beside the evidence the finding itself has the button already, where it says that something was not seen.
      allow:
        speaksOfAdministrator(reason) && !(column && wantsAdministrator(finding)) ? (
          <AdministratorLook node={node} nodeName={name} />
        ) : null,
      example,
    });
  }
  return <PlanCard key={plan.id} plan={plan} column={column} aside={aside} example={example} />;
}

/** The newest change for a finding that runs, waits to be kept, or ended since the finding was seen. */
function useChangeOf({ node, check, observedAt }: TrackedFinding): AppliedChange | null {
  const own = useApplied().filter(
    (change) =>
      change.node === node &&
      change.checks.includes(check) &&
      (!isSettled(change) || change.endedAt === null || change.endedAt >= observedAt),
  );
  return own.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0] ?? null;
}

/** While the node is asked what is there now. Nothing of it is drawn before it is known. */
interface ReadingProps {
  column: boolean;
  name: string;
  node: string;
  title?: string;
}

function Reading({ column, name, node, title }: ReadingProps) {
  return (
    <FixCard column={column} title={title ?? 'What can be done'}>
      <p className="automatic-fix__reading" role="status">
        <Spinner />
        Reading what is on {name} now. This changes nothing.
      </p>
      <PasswordAsked node={node} />
    </FixCard>
  );
}
