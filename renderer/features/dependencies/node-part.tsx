import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { Verification } from '#shared/domain/dependencies/verification.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { count } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { NodeEnvironments } from './node-environments.tsx';
import type { PlacedReport } from './report-groups.ts';
import { useSaveFile } from './use-save-file.ts';
import { VerificationResult } from './verification-result.tsx';

/** What can be done with each node's packages besides: files to hand on, and hashing what is installed. */
export function NodePart({ placed }: { placed: readonly PlacedReport[] }) {
  return (
    <section className="dependencies__group" aria-label="Each node">
      <SectionHeading
        title="Each node"
        note="Files to hand on, and whether installed files are still as pip wrote them."
      />
      <ul>
        {placed.map((entry) => (
          <NodeRow key={entry.node} placed={entry} />
        ))}
      </ul>
    </section>
  );
}

function NodeRow({ placed }: { placed: PlacedReport }) {
  const { node, nodeName, report } = placed;
  const input = { node };
  const queries = useQueryClient();
  const toast = useToast();
  const save = useSaveFile();
  const { data: seen } = useQuery(
    orpc.dependencies.verification.queryOptions({
      input,
      refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1_000 : false),
    }),
  );
  const shown = (next: Verification) =>
    queries.setQueryData(orpc.dependencies.verification.queryOptions({ input }).queryKey, next);
  const told = (error: unknown) =>
    toast({ text: errorWords(error, 'The files could not be verified.').what, problem: true });
  const verify = useMutation({
    mutationFn: () => client.dependencies.verify(input),
    onSuccess: shown,
    onError: told,
  });
  const stop = useMutation({
    mutationFn: () => client.dependencies.cancelVerification(input),
    onSuccess: shown,
    onError: told,
  });
  const running = seen?.state === 'running';
  const hand = (format: 'cyclonedx' | 'sarif') => save(() => client.dependencies.export({ node, format }));
  return (
    <li className="dependency node-packages">
      <div className="node-packages__head">
        <p>
          <span className="dependency__name">{visible(nodeName)}</span>{' '}
          <span className="quiet">{count(report.packages, 'package')}</span>
        </p>
        <div className="node-packages__buttons">
          <Button
            small
            running={(running || verify.isPending) && 'Hashing'}
            aria-label={`Verify installed files of ${visible(nodeName)}`}
            onClick={() => verify.mutate()}
          >
            Verify files
          </Button>
          {running ? (
            <Button small variant="plain" onClick={() => stop.mutate()}>
              Cancel
            </Button>
          ) : null}
          <Button
            small
            variant="plain"
            icon={<Download aria-hidden="true" />}
            aria-label={`Bill of materials of ${visible(nodeName)}`}
            onClick={() => hand('cyclonedx')}
          >
            Bill of materials
          </Button>
          <Button
            small
            variant="plain"
            icon={<Download aria-hidden="true" />}
            aria-label={`SARIF of ${visible(nodeName)}`}
            onClick={() => hand('sarif')}
          >
            SARIF
          </Button>
        </div>
      </div>
      <NodeEnvironments node={node} nodeName={nodeName} />
      {seen ? <VerificationResult seen={seen} /> : null}
    </li>
  );
}
