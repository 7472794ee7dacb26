import { useEffect, useRef } from 'react';
import type { RotationPlan, RotationPreflight } from '#shared/domain/rotation/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted, listed } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { FixCard } from '../../components/fix-card.tsx';
import { Switch } from '../../components/switch.tsx';
import type { Rotation } from './use-rotation.ts';

export interface PreflightCardProps {
  plan: RotationPlan;
  rotation: Rotation;
  /** Make the plan anew: with these left out, as an emergency. */
  onAgain: (exclude: string[], emergency: boolean) => void;
  onLeave: () => void;
}

/** What will happen, for how long, to whom, and how to get back. The answer is no until somebody says yes. */
export function PreflightCard({ plan, rotation, onAgain, onLeave }: PreflightCardProps) {
  const { begin } = rotation;
  const planning = rotation.plan.isPending;
  const leave = useRef<HTMLButtonElement>(null);
  useEffect(() => leave.current?.focus(), []);
  const rotates = of(plan, 'rotates');
  const keeps = of(plan, 'keeps');
  const opens = plan.purpose === 'open-fence';
  const excluded = of(plan, 'excluded').map(({ node }) => node);
  return (
    <FixCard
      title={visible(plan.title)}
      note={plan.emergency ? 'Emergency: waits for nobody' : undefined}
      takesEffect={
        opens ? (
          <>In a few seconds. No secret changes, and nothing restarts.</>
        ) : (
          <>
            In about {Math.max(1, Math.round(plan.seconds.total))} seconds. All nodes restart at one instant;
            for about {`${plan.seconds.split.toFixed(1).replace('.0', '')}\u00a0s`} of it they may refuse each
            other, and tasks sent then can be sent again.
          </>
        )
      }
      ifItGoesWrong={
        opens ? (
          <>
            mycoSwarm sends the secret to whoever announces itself as a node. If they are not yours after all,
            rotate: the next rotation keeps them out again.
          </>
        ) : (
          <>
            Until the decision it can be taken back, and every node has the secret that it had. From there it
            only goes forward: a console that dies goes on where it was.
          </>
        )
      }
      actions={
        <>
          {plan.blocked === null ? (
            <Button
              variant="filled"
              running={(begin.isPending && 'Waiting for your yes') || (planning && 'Looking again')}
              onClick={() => begin.mutate(plan)}
            >
              {orderWords(plan, rotates.length)}
            </Button>
          ) : null}
          <Button variant={plan.blocked === null ? 'plain' : 'outline'} ref={leave} onClick={onLeave}>
            Not now
          </Button>
        </>
      }
      aside={
        plan.blocked === null ? null : (
          <Button running={planning && 'Looking again'} onClick={() => onAgain(excluded, plan.emergency)}>
            Look again
          </Button>
        )
      }
    >
      {plan.blocked ? <p className="preflight__blocked">{visible(plan.blocked)}</p> : null}
      <dl className="preflight">
        {opens ? null : (
          <Row label={capital(counted(rotates.length, 'node'))}>
            {rotates.length === 0
              ? 'None gets it.'
              : listed(
                  rotates.map(({ name }) => visible(name)),
                  8,
                  'node',
                )}
            {rotates.length === 0 ? '' : rotates.length === 1 ? ' gets it.' : ' get it.'}
          </Row>
        )}
        {keeps.length > 0 && !opens ? (
          <Row label={PARTS.keeps}>
            {listed(
              keeps.map(({ name }) => visible(name)),
              8,
              'node',
            )}
            . {keeps.length === 1 ? 'It lets' : 'They let'} the new ones in, and nothing restarts there.
          </Row>
        ) : null}
        <NotRotating
          plan={plan}
          onExclude={(node) => onAgain([...excluded, node], plan.emergency)}
          busy={planning}
        />
        {plan.strangers.length > 0 ? (
          <Row label="Strangers">
            {listed(
              plan.strangers.map(({ name, address }) => `${visible(name)} (${visible(address)})`),
              4,
              'stranger',
            )}{' '}
            {opens
              ? 'announced themselves as nodes. Your nodes reach them again afterwards.'
              : 'announce themselves as nodes. They are fenced off before the new secret is sent, and never waited for.'}
          </Row>
        ) : null}
      </dl>
      {opens ? null : (
        <Disclosure summary="Leave nodes out, or wait for nobody" defaultOpen={false}>
          <div className="preflight__choices">
            {plan.nodes
              .filter(({ part }) => part === 'rotates' || part === 'excluded')
              .slice(0, 64)
              .map(({ node, name, part }) => (
                <Switch
                  key={node}
                  label={visible(name)}
                  checked={part === 'rotates'}
                  onChange={(on) =>
                    onAgain(on ? excluded.filter((one) => one !== node) : [...excluded, node], plan.emergency)
                  }
                />
              ))}
            <Switch
              label="Emergency"
              hint="Nobody is waited for: who does not answer at once is left out and fenced off."
              checked={plan.emergency}
              onChange={(on) => onAgain(excluded, on)}
            />
          </div>
        </Disclosure>
      )}
      {begin.error ? <ErrorState inline {...errorWords(begin.error, 'It could not be begun.')} /> : null}
      {begin.isPending ? (
        <p className="secrets__note" role="status">
          Answer the question in the window or terminal of Swarmkeep. Nothing happens before.
        </p>
      ) : null}
    </FixCard>
  );
}

interface NotRotatingProps {
  plan: RotationPlan;
  onExclude: (node: string) => void;
  busy: boolean;
}

function NotRotating({ plan, onExclude, busy }: NotRotatingProps) {
  return plan.nodes
    .filter(({ part }) => part !== 'rotates' && part !== 'keeps')
    .map((node) => (
      <Row key={node.node} label={PARTS[node.part]}>
        <strong>{visible(node.name)}</strong>
        {node.why === '' ? '' : `: ${visible(node.why)}`}
        {node.part === 'blocked' ? (
          <>
            {' '}
            <Button
              variant="link"
              small
              disabledReason={busy ? 'Looking again' : null}
              onClick={() => onExclude(node.node)}
            >
              Leave {visible(node.name)} out
            </Button>
          </>
        ) : null}
      </Row>
    ));
}

const PARTS: Readonly<Record<RotationPreflight['part'], string>> = {
  rotates: 'Gets it',
  keeps: 'Has it already',
  away: 'Away, fenced off',
  excluded: 'Left out, fenced off',
  removed: 'Leaves the swarm',
  blocked: 'In the way',
};

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="preflight__row">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const of = ({ nodes }: RotationPlan, part: RotationPreflight['part']) =>
  nodes.filter((node) => node.part === part);

function orderWords({ purpose, emergency }: RotationPlan, count: number): string {
  if (purpose === 'open-fence') return 'Let them within reach';
  if (purpose === 'initial') return 'Make the first secret';
  if (purpose === 'add-node') return 'Give it the secret';
  if (emergency) return 'Rotate now, wait for nobody';
  return count === 1 ? 'Rotate on one node' : `Rotate on ${count} nodes`;
}
