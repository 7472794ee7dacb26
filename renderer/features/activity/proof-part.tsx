import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { orpc } from '../../transport/queries.ts';
import { useSaveText } from './use-save-text.ts';

/** The proof that one event is in the ledger: as text that anybody can check without this console. */
export function ProofPart({ number }: { number: number }) {
  const { data, error, isPlaceholderData } = useQuery(
    orpc.activity.proof.queryOptions({ input: { number } }),
  );
  const save = useSaveText();
  if (error) return <ErrorState inline {...errorWords(error, 'The proof could not be made.')} />;
  if (!data || isPlaceholderData) {
    return (
      <p className="event__wait" role="status">
        <Spinner /> Making the proof
      </p>
    );
  }
  return (
    <div className="proof">
      <p className="proof__words">
        {data.path.length === 1 ? 'One hash leads' : `${data.path.length} hashes lead`} from event{' '}
        {number.toLocaleString('en')} to the root of all {data.size.toLocaleString('en')} events, and the
        checkpoint below signs that root. Anybody can check it with the verifier key: no trust in this console
        is needed for that.
      </p>
      <RawText text={data.text} label={`Proof of event ${number}`} />
      <div className="proof__foot">
        <Button
          small
          onClick={() => save({ fileName: data.fileName, mediaType: 'text/plain', text: data.text })}
        >
          Save the proof
        </Button>
        <span className="proof__key">
          Verifier key <code>{data.verifierKey}</code>
        </span>
      </div>
    </div>
  );
}
