import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { speaksOfAdministrator, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { LEVEL_OF, LEVELS } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import { visible } from '#shared/domain/text.ts';
import { nowOf } from '#shared/domain/words-of-now.ts';
import type { Looking } from '../../app/looking.ts';
import { AcceptDialog } from '../../components/accept-dialog.tsx';
import { AdministratorLook } from '../../components/administrator-look.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { canDeclare, DeclareDialog } from '../../components/declare-dialog.tsx';
import { Unfold } from '../../components/disclosure.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { FixCard } from '../../components/fix-card.tsx';
import { FixSteps } from '../../components/fix-steps.tsx';
import { AutomaticFix, type ByHand } from '../../components/fixes/automatic-fix.tsx';
import { ChangedHere } from '../../components/fixes/changed-here.tsx';
import { ExampleNote } from '../../components/fixes/example-note.tsx';
import { dayInWords } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { orpc } from '../../transport/queries.ts';
import { LookAgain } from './look-again.tsx';
import { beforeIt, showWords, speaksOfSetup, stepsInWords, titleOf } from './repair-words.ts';
import type { Setup } from './use-setup.ts';

export interface RepairPartProps {
  node: SwarmNode;
  finding: TrackedFinding;
  setup: Setup;
  looking: Looking;
  /** The item after this one; null at the end. */
  next: CheckId | null;
}

/** What would change, what if it goes wrong, and the buttons: the steps, look again, not now, accept the risk. */
export function RepairPart({ node, finding, setup, looking, next }: RepairPartProps) {
  const [steps, setSteps] = useState(false);
  const [accepting, setAccepting] = useState(false);
  const [declaring, setDeclaring] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const go = (step: string) =>
    void navigate({
      to: '/setup/{-$node}',
      params: { node: node.id },
      search: (before) => ({ ...before, step }),
    });
  const goOn = next ? `Next: ${catalogueEntry(next).title}` : 'To the summary';

  if (finding.status === 'pass' || finding.status === 'not-applicable') {
    return (
      <>
        <p className="item-page__calm">Nothing to do here. {finding.wouldChange}</p>
        <div className="item-page__next no-print">
          <Button variant="filled" onClick={() => go(next ?? 'summary')}>
            {goOn}
          </Button>
          <LookAgain check={finding.check} looking={looking} variant="plain" />
        </div>
        <ChangedHere finding={finding} />
      </>
    );
  }

  const accept = (
    <AcceptDialog
      open={accepting}
      onOpenChange={setAccepting}
      node={node.id}
      nodeName={visible(node.name)}
      check={finding.check}
      summary={visible(finding.summary)}
    />
  );
  const decide = finding.waiver ? (
    <Withdraw finding={finding} />
  ) : (
    <Button variant="plain" onClick={() => setAccepting(true)}>
      Accept the risk until…
    </Button>
  );

  if (finding.lacking) {
    return (
      <>
        <p className="item-page__calm">
          Nothing you do on {visible(node.name)} changes that today. Until a later version looks, it holds the
          node below {LEVELS[LEVEL_OF[finding.check]]?.name}.
        </p>
        <div className="item-page__next no-print">
          <Button variant="filled" onClick={() => go(next ?? 'summary')}>
            {goOn}
          </Button>
          {decide}
        </div>
        {accept}
      </>
    );
  }

  const aside = (
    <>
      <Button
        variant="plain"
        onClick={() => {
          setup.putOff(finding.check, true);
          toast({
            text: `${catalogueEntry(finding.check).title} stays open; it is marked “later” in the list.`,
            undo: () => {
              setup.putOff(finding.check, false);
              go(finding.check);
            },
          });
          go(next ?? 'summary');
        }}
      >
        Not now
      </Button>
      {canDeclare(finding) ? (
        <Button variant="plain" onClick={() => setDeclaring(true)}>
          This is meant…
        </Button>
      ) : null}
      {decide}
    </>
  );
  const toRun = countSteps(finding.fix) > 0;
  const byHand = ({ reason, allow, example }: ByHand) => {
    const said = finding.fix.map(({ text }) => text);
    const first = beforeIt(finding, [...said, reason ?? '']);
    const way = toRun || first === null ? null : first;
    // What is only words stands there at once, and once.
    const words = toRun ? [] : said.map(visible);
    return (
      <FixCard
        title={way === null ? titleOf(finding) : 'Another step comes first'}
        note={toRun ? stepsInWords(finding) : undefined}
        now={<Now finding={finding} />}
        after={visible(finding.wouldChange)}
        takesEffect={
          !toRun
            ? undefined
            : example
              ? 'When the steps are run, on a node of your own.'
              : `When you run the steps on ${node.name}. Swarmkeep itself changes nothing.`
        }
        ifItGoesWrong={
          toRun
            ? (catalogueEntry(finding.check).ifItGoesWrong ?? 'Swarmkeep cannot undo what you run yourself.')
            : undefined
        }
        actions={
          <>
            {way === null ? allow : <StepLink node={node} check={way} filled />}
            {wantsAdministrator(finding) && !speaksOfAdministrator(reason) ? (
              <AdministratorLook node={finding.node} nodeName={finding.nodeName} />
            ) : null}
            {toRun && !steps ? (
              <Button variant={allow ? 'outline' : 'filled'} onClick={() => setSteps(true)}>
                {showWords(finding)}
              </Button>
            ) : null}
            {toRun && first !== null ? <StepLink node={node} check={first} /> : null}
            {example ? (
              toRun || way !== null ? null : (
                <Button variant="filled" onClick={() => go(next ?? 'summary')}>
                  {goOn}
                </Button>
              )
            ) : (
              <LookAgain
                check={finding.check}
                looking={looking}
                variant={!allow && way === null && (!toRun || steps) ? 'filled' : 'outline'}
              />
            )}
            {toRun && steps ? (
              <Button variant="plain" onClick={() => setSteps(false)}>
                Hide the steps
              </Button>
            ) : null}
          </>
        }
        aside={aside}
      >
        {words.map((text) => (
          <p key={text} className="item-page__reason">
            {text}
          </p>
        ))}
        {reason && !words.includes(reason) ? <p className="item-page__reason">{reason}</p> : null}
        {example && toRun ? <ExampleNote nodeName={node.name} /> : null}
        {speaksOfSetup(finding) ? (
          <p className="item-page__where no-print">
            Folders and accounts of mycoSwarm are named in{' '}
            <Link
              to="/setup/{-$node}"
              params={{ node: node.id }}
              search={(before) => ({ ...before, step: 'profile' })}
            >
              What was found
            </Link>
            .
          </p>
        ) : null}
        {toRun ? (
          <Unfold open={steps}>
            <div className="item-page__steps">
              <FixSteps steps={finding.fix} />
            </div>
          </Unfold>
        ) : null}
      </FixCard>
    );
  };
  return (
    <>
      {finding.waiver ? (
        byHand({ reason: null, allow: null, example: node.address.kind === 'recorded' })
      ) : (
        <AutomaticFix finding={finding} aside={aside} byHand={byHand} />
      )}
      {accept}
      {declaring ? <DeclareDialog open onOpenChange={setDeclaring} finding={finding} /> : null}
    </>
  );
}

function StepLink({ node, check, filled = false }: { node: SwarmNode; check: CheckId; filled?: boolean }) {
  return (
    <Link
      to="/setup/{-$node}"
      params={{ node: node.id }}
      search={(before) => ({ ...before, step: check })}
      className={buttonClass(filled ? 'filled' : 'outline')}
    >
      First: {catalogueEntry(check).title}
    </Link>
  );
}

function Now({ finding }: { finding: TrackedFinding }) {
  const now = nowOf(finding);
  if (now === null) return visible(finding.summary);
  return (
    <>
      {now.subject === '' ? null : <code>{now.subject}</code>}
      {now.words}
    </>
  );
}

function Withdraw({ finding }: { finding: TrackedFinding }) {
  const toast = useToast();
  const withdraw = useMutation(
    orpc.decisions.withdraw.mutationOptions({
      onSuccess: () => toast({ text: 'Withdrawn. The finding counts again.' }),
      onError: (error) =>
        toast({ text: errorWords(error, 'It could not be withdrawn.').what, problem: true }),
    }),
  );
  const { waiver } = finding;
  if (!waiver) return null;
  return (
    <Button
      variant="plain"
      title={`Accepted until ${dayInWords(waiver.until, Date.now())}`}
      running={withdraw.isPending && 'Withdrawing'}
      onClick={() => withdraw.mutate({ waiver: waiver.id })}
    >
      No longer accept it
    </Button>
  );
}
