import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleSlash } from 'lucide-react';
import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { visible } from '#shared/domain/text.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { Switch } from '../../components/switch.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { backgroundWords } from './background-words.ts';
import { SettingsSection } from './settings-section.tsx';

const LINGER = 'loginctl enable-linger';

/** Whether watching goes on while no window is open, and what is placed on this computer for it. */
export function BackgroundSettings() {
  const queries = useQueryClient();
  const toast = useToast();
  const { queryKey, ...options } = orpc.audit.background.queryOptions();
  const { data, error } = useQuery({ queryKey, ...options });
  const set = useMutation({
    mutationFn: (on: boolean) => client.audit.setBackground({ on }),
    onSuccess: (now) => {
      queries.setQueryData(queryKey, now);
      toast({
        text: now.enabled
          ? 'Watching goes on when the window is closed.'
          : 'Watches only while the window is open.',
        undo: () => set.mutate(!now.enabled),
      });
    },
    onError: (failure) => {
      toast({ text: errorWords(failure, 'It could not be switched; it is as before.').what, problem: true });
      void queries.invalidateQueries({ queryKey });
    },
  });
  return (
    <SettingsSection
      title="When the window is closed"
      note="A second Swarmkeep without a window can follow the logs and speak on your desktop. It changes nothing on a node, and gives way as soon as you open a window."
    >
      {data ? (
        <State data={data} running={set.isPending ? set.variables : null} onChange={(on) => set.mutate(on)} />
      ) : (
        <p className="settings-section__none" role={error ? undefined : 'status'}>
          {error ? errorWords(error, 'How it stands could not be read.').what : 'Asking systemd…'}
        </p>
      )}
    </SettingsSection>
  );
}

interface StateProps {
  data: BackgroundWatch;
  /** What it is being switched to; null when nothing is under way. */
  running: boolean | null;
  onChange: (on: boolean) => void;
}

function State({ data, running, onChange }: StateProps) {
  if (!data.possible) {
    return (
      <p className="background__not">
        <CircleSlash aria-hidden="true" />
        <span>Not here. {visible(data.trouble)}</span>
      </p>
    );
  }
  const { hint, warns } = backgroundWords(data, running);
  return (
    <>
      <div className="settings-section__switches settings-section__switches--first">
        <Switch
          label="Go on watching"
          hint={<span className={warns ? 'background__warns' : undefined}>{hint}</span>}
          checked={running ?? data.enabled}
          onChange={onChange}
        />
      </div>
      {data.enabled && data.staysAfterLogout === false ? (
        <p className="background__linger">
          It ends when you log out. To let it go on after that:
          <span>
            <code>{LINGER}</code>
            <CopyButton text={LINGER} label="Copy the command" />
          </span>
        </p>
      ) : null}
      <Disclosure
        summary={data.enabled ? 'What it placed on this computer' : 'What it would place on this computer'}
        note="one file, and its start with your login"
      >
        <div className="background__placed">
          <p className="background__file">
            <code>{visible(data.file)}</code>
          </p>
          <RawText text={data.text} label="The unit" />
          <p className="background__runs">{data.enabled ? 'To take it away, it runs' : 'Then it runs'}</p>
          <RawText
            text={(data.enabled ? data.commands.off : data.commands.on)
              .map((words) => words.join(' '))
              .join('\n')}
            label="The commands"
          />
          <p className="background__foot">
            {data.enabled
              ? 'Switching it off runs these and removes the file; nothing else was placed.'
              : 'Switching it off again takes all of it away.'}
          </p>
        </div>
      </Disclosure>
    </>
  );
}
