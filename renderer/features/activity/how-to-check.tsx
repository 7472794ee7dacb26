import { useQuery } from '@tanstack/react-query';
import type { ActivityState } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { shellWords } from '../../components/fixes/shell-words.ts';
import { orpc } from '../../transport/queries.ts';

/** Where records lie when nobody says otherwise; the command finds them there by itself. */
const USUAL_FOLDER = /\/\.local\/share\/swarmkeep$/;
const FILE = 'swarmkeep-checkpoint.txt';

/** How anybody else finds out whether the record was changed: what to keep, what to run later, and what proves one event. */
export function HowToCheck({ state }: { state: ActivityState }) {
  const { data: about } = useQuery(orpc.system.about.queryOptions());
  if (!about) return null;
  const folder = USUAL_FOLDER.test(about.dataFolder) ? [] : ['--data-dir', about.dataFolder];
  const command = (...words: string[]) => shellWords(['swarmkeep', ...folder, 'verify', ...words]);
  return (
    <ol className="how-to-check">
      <li>
        <h2>Keep a checkpoint elsewhere, today</h2>
        <p>
          “Save a checkpoint” above, or the command. Then take the file away from this computer: to your
          phone, to another node, or print it. It holds no secret.
        </p>
        <Line text={command('--save-checkpoint', FILE)} label="Copy the command that saves a checkpoint" />
      </li>
      <li>
        <h2>Later, check everything against it</h2>
        <p>
          Bring the file back, or paste it at “Check against a saved one”. The answer says up to which event
          nothing was changed, else from which event on nothing can be vouched for; the command then ends with
          1.
        </p>
        <Line
          text={command('--checkpoint', FILE)}
          label="Copy the command that checks against a checkpoint"
        />
      </li>
      <li>
        <h2>Prove one event to somebody else</h2>
        <p>
          Open the event below, press “Show its proof” and “Save the proof”. The file has the event, the
          hashes that lead to the root (RFC 9162) and the signed checkpoint, in the form c2sp.org/tlog-proof.
          Whoever has the verifier key can check it without this console.
        </p>
      </li>
      <li>
        <h2>Give them the verifier key</h2>
        <p>
          By another way than the proof: read it out, or hand it over on paper. It is no secret. The key that
          signs lies in a file that only this account can read.
        </p>
        {state.verifierKey ? <Line text={visible(state.verifierKey)} label="Copy the verifier key" /> : null}
      </li>
      <li className="how-to-check__note">
        In a checkout, type <code>npm run -s swarmkeep --</code> in place of <code>swarmkeep</code>.
      </li>
    </ol>
  );
}

function Line({ text, label }: { text: string; label: string }) {
  return (
    <div className="how-to-check__line">
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
