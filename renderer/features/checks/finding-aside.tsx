import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { speaksOfAdministrator, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import { visible } from '#shared/domain/text.ts';
import { useLooking } from '../../app/looking.ts';
import { AcceptDialog } from '../../components/accept-dialog.tsx';
import { Button } from '../../components/button.tsx';
import { canDeclare, DeclareDialog } from '../../components/declare-dialog.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { FixCard } from '../../components/fix-card.tsx';
import { FixSteps } from '../../components/fix-steps.tsx';
import { AutomaticFix, type ByHand } from '../../components/fixes/automatic-fix.tsx';
import { ChangedHere } from '../../components/fixes/changed-here.tsx';
import { ExampleNote } from '../../components/fixes/example-note.tsx';
import { LookProgress } from '../../components/look-progress.tsx';
import { NamedChecks } from '../../components/named-checks.tsx';
import { numberInWords } from '../../components/number-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client } from '../../transport/queries.ts';

const OPEN: readonly FindingStatus[] = ['fix', 'review', 'unknown'];

/** What to do about a finding, beside its evidence: the steps, looking again, accepting, declaring. */
export function FindingAside({ finding }: { finding: TrackedFinding }) {
  const [dialog, setDialog] = useState<'accept' | 'declare' | null>(null);
  const toast = useToast();
  const looking = useLooking(finding.node);
  const [running] = looking.running;
  const problem = (what: string) => (error: unknown) =>
    toast({ text: errorWords(error, what).what, problem: true });
  const withdraw = useMutation({
    mutationFn: (waiver: string) => client.decisions.withdraw({ waiver }),
    onSuccess: () => toast({ text: 'No longer accepted.' }),
    onError: problem('It could not be withdrawn.'),
  });
  const name = visible(finding.nodeName);
  const open = OPEN.includes(finding.status);
  const { waiver } = finding;

  const aside = (
    <>
      {open ? (
        <Button variant="link" onClick={() => setDialog('accept')}>
          Accept until…
        </Button>
      ) : null}
      {canDeclare(finding) ? (
        <Button variant="link" onClick={() => setDialog('declare')}>
          This is meant…
        </Button>
      ) : null}
      {waiver ? (
        <Button variant="link" onClick={() => withdraw.mutate(waiver.id)}>
          Withdraw the acceptance
        </Button>
      ) : null}
    </>
  );
  const byHand = ({ reason, allow, example }: ByHand) => (
    <FixCard
      column
      title={titleOf(finding, name)}
      actions={
        <>
          {allow}
          {running || example ? null : (
            <Button
              variant={open && !allow && !wantsAdministrator(finding) ? 'filled' : 'outline'}
              running={looking.starting && 'Starting'}
              onClick={() => looking.start()}
            >
              Look at {name} again
            </Button>
          )}
        </>
      }
      aside={aside}
    >
      {reason && !finding.fix.some(({ text }) => visible(text) === reason) ? (
        <p className="finding__reason">
          <NamedChecks text={reason} node={finding.node} />
        </p>
      ) : null}
      {example && countSteps(finding.fix) > 0 ? <ExampleNote nodeName={name} /> : null}
      {finding.fix.length > 0 ? (
        <FixSteps steps={finding.fix} node={finding.node} />
      ) : reason && speaksOfAdministrator(reason) ? null : (
        <p className="finding__quiet">{wordsOf(finding)}</p>
      )}
      {(finding.anyTime ?? []).map(({ heading, steps }) => (
        <Disclosure key={heading} summary={visible(heading)}>
          <FixSteps steps={steps} node={finding.node} />
        </Disclosure>
      ))}
      {running ? <LookProgress look={running} onCancel={looking.cancel} /> : null}
    </FixCard>
  );

  return (
    <aside className="finding__aside" aria-label="What to do">
      {open ? (
        <AutomaticFix column finding={finding} aside={aside} byHand={byHand} />
      ) : (
        byHand({ reason: null, allow: null, example: false })
      )}
      <ChangedHere finding={finding} />
      {finding.status === 'fix' ? (
        <p className="finding__quiet">
          Has somebody used it already?{' '}
          <Link to="/incident" search={({ node }) => ({ node, check: finding.check, on: finding.node })}>
            Start an incident
          </Link>
        </p>
      ) : null}
      {dialog === 'accept' ? (
        <AcceptDialog
          open
          onOpenChange={() => setDialog(null)}
          node={finding.node}
          nodeName={name}
          check={finding.check}
          summary={visible(finding.summary)}
        />
      ) : null}
      {dialog === 'declare' ? (
        <DeclareDialog open onOpenChange={() => setDialog(null)} finding={finding} />
      ) : null}
    </aside>
  );
}

function titleOf(finding: TrackedFinding, name: string): string {
  const count = countSteps(finding.fix);
  if (count === 1) return `One step on ${name}`;
  if (count > 1) return `${numberInWords(count)} steps on ${name}`;
  if (finding.fix.length > 0) return `What to do on ${name}`;
  if (finding.status === 'waived') return 'Accepted for now';
  if (finding.status === 'unknown') return 'What would help';
  if (finding.status === 'review') return 'Yours to decide';
  return catalogueEntry(finding.check).title;
}

function wordsOf(finding: TrackedFinding): string {
  switch (finding.status) {
    case 'pass':
      return 'Nothing to do here.';
    case 'not-applicable':
      return 'There is nothing here that this could be about.';
    case 'waived':
      return 'It comes back when the day is over, or sooner if the evidence changes.';
    case 'unknown':
      return finding.wouldHelp
        ? `It would help to ${visible(finding.wouldHelp)}.`
        : 'Look again when the reason is gone.';
    default:
      return 'There are no steps for this: no change on the node alone repairs it.';
  }
}
