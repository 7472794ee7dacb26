import { ScanSearch } from 'lucide-react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { Plan, PlanProof } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { SectionHeading } from '../../components/page-header.tsx';

/** How it is shown afterwards that it worked: by another way than the one that did it. */
export function Proofs({ plan }: { plan: Plan }) {
  if (plan.proofs.length === 0) return null;
  return (
    <section aria-labelledby="plan-proofs">
      <SectionHeading id="plan-proofs" title="How it is proven afterwards" note="Applied is not done." />
      <ul className="plan-list">
        {plan.proofs.map((proof) => (
          <li key={JSON.stringify(proof)}>
            <ScanSearch aria-hidden="true" />
            <span>
              <Proof proof={proof} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Proof({ proof }: { proof: PlanProof }) {
  const title = catalogueEntry(proof.check).title;
  switch (proof.kind) {
    case 'check':
      return <>{title} is checked again, on facts that are collected anew, and has to be fine.</>;
    case 'packet':
      return (
        <>
          A real packet is sent as the agent and has to{' '}
          {proof.wanted === 'stopped' ? 'be stopped' : 'get through'}:{' '}
          <code>
            tcp to {visible(proof.address)} port {proof.port} as uid {proof.uid}
          </code>
        </>
      );
    case 'answers':
      return (
        <>
          mycoSwarm is asked for its state and has to answer:{' '}
          <code>
            GET http://{visible(proof.address)}:{proof.port}/health as uid {proof.uid}
          </code>
        </>
      );
    case 'package':
      return (
        <>
          What is installed is read again: {visible(proof.package)} has to be {visible(proof.version)}
          {proof.clean ? ', with nothing known against it' : ''}
        </>
      );
    case 'isolation':
      return (
        <>
          Code of the agent still has to be isolated: <code>unshare -rn as uid {proof.uid}</code>
        </>
      );
  }
}
