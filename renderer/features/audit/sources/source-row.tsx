import { useMutation, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal } from 'lucide-react';
import { useId } from 'react';
import type { AuditSource, FormatId } from '#shared/domain/audit/source.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { errorWords } from '../../../components/error-state.tsx';
import { Menu } from '../../../components/menu.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusWord } from '../../../components/status.tsx';
import { count } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';
import {
  bytesInWords,
  FORMAT_WORDS,
  rateInWords,
  STATE_WORDS,
  skewWords,
  targetWords,
} from './source-words.ts';

const CHOICES = Object.keys(FORMAT_WORDS) as (FormatId | 'auto')[];

/** One source: how it is, what it follows, how fast it speaks, what is missing of it, and what can be changed. */
export function SourceRow({ source, nodeName }: { source: AuditSource; nodeName: string }) {
  const queries = useQueryClient();
  const toast = useToast();
  const heading = useId();
  const renew = () => queries.invalidateQueries({ queryKey: orpc.audit.key() });
  const failed = (error: unknown) =>
    toast({ text: errorWords(error, 'The source could not be changed.').what, problem: true });
  const set = useMutation({
    mutationFn: (change: { paused?: boolean; format?: FormatId | 'auto' }) =>
      client.audit.setSource({ source: source.id, ...change }),
    onSuccess: renew,
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => client.audit.removeSource({ source: source.id }),
    onSuccess: async () => {
      toast({
        text: `${source.name} is no longer followed. What was stored stays.`,
        undo: () =>
          void client.audit.addSource({ node: source.node, target: source.target }).then(renew, failed),
      });
      await renew();
    },
    onError: failed,
  });
  const paused = source.state === 'paused';
  const { status, word } = STATE_WORDS[source.state];
  return (
    <li className="source" aria-labelledby={heading}>
      <div className="source__state">
        <StatusWord status={status}>{word}</StatusWord>
      </div>
      <div className="source__what">
        <h3 id={heading}>
          {visible(source.name)} <span className="source__node">on {visible(nodeName)}</span>
        </h3>
        <code>{visible(targetWords(source.target))}</code>
        {source.trouble ? <p className="source__trouble">{visible(source.trouble)}</p> : null}
        {source.skewMs ? <p className="source__trouble">{skewWords(source.skewMs)}</p> : null}
        {source.silentSince ? (
          <p className="source__trouble">
            Silent since <RelativeTime at={source.silentSince} />, although it speaks regularly.
          </p>
        ) : null}
      </div>
      <dl className="source__facts">
        <div>
          <dt>Last event</dt>
          <dd>{source.lastEventAt ? <RelativeTime at={source.lastEventAt} /> : 'none yet'}</dd>
        </div>
        <div>
          <dt>Now</dt>
          <dd>
            {rateInWords(source.eventsPerSecond)}/s, {bytesInWords(source.bytesPerSecond)}/s
          </dd>
        </div>
        <div>
          <dt>Behind</dt>
          <dd>
            {source.lagBytes === null
              ? 'not known'
              : source.lagBytes === 0
                ? 'nothing'
                : bytesInWords(source.lagBytes)}
          </dd>
        </div>
        <div>
          <dt>Stored</dt>
          <dd>{count(source.events, 'event')}</dd>
        </div>
        <div>
          <dt>Gaps</dt>
          <dd>{source.gaps.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Read as</dt>
          <dd>{source.format ? FORMAT_WORDS[source.format] : 'not known yet'}</dd>
        </div>
      </dl>
      <div className="source__actions">
        <Button
          small
          variant="plain"
          running={set.isPending && set.variables.paused !== undefined && (paused ? 'Going on' : 'Pausing')}
          onClick={() => set.mutate({ paused: !paused })}
        >
          {paused ? 'Go on' : 'Pause'}
        </Button>
        <Menu
          label={`More for ${visible(source.name)} on ${visible(nodeName)}`}
          align="end"
          groups={[
            CHOICES.map((format) => ({
              id: format,
              label: format === 'auto' ? 'Find the format by itself' : `Read as ${FORMAT_WORDS[format]}`,
              chosen: source.chosenFormat === format,
              onSelect: () => set.mutate({ format }),
            })),
            [
              {
                id: 'remove',
                label: 'No longer follow',
                note: 'What was stored stays.',
                onSelect: () => remove.mutate(),
              },
            ],
          ]}
          trigger={
            <button
              type="button"
              className="source__more"
              aria-label={`More for ${visible(source.name)} on ${visible(nodeName)}`}
            >
              <MoreHorizontal aria-hidden="true" />
            </button>
          }
        />
      </div>
    </li>
  );
}
