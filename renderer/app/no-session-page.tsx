import type { NoSessionReason } from '../transport/transport.ts';
import { Mark } from './mark.tsx';
import './no-session-page.css';

const WORDS: Readonly<Record<NoSessionReason, { sentence: string; lead: string }>> = {
  'no-link': {
    sentence: 'Open Swarmkeep with its own link.',
    lead: 'This page is only for whoever started the console. The link was printed in the terminal; it works once.',
  },
  'link-refused': {
    sentence: 'This link has been used, or is too old.',
    lead: 'Each link works once, within two minutes. Nothing was changed.',
  },
  ended: {
    sentence: 'This session has ended.',
    lead: 'The console was restarted, or twelve hours have passed. Nothing was changed.',
  },
};

/** Shown instead of everything when the console does not know this page. */
export function NoSessionPage({ reason }: { reason: NoSessionReason }) {
  const { sentence, lead } = WORDS[reason];
  return (
    <main className="no-session">
      <Mark />
      <h1>{sentence}</h1>
      <p>{lead}</p>
      <p>
        For a fresh link, run this again in the terminal, with the same options as before, such as a data
        folder; it finds the console that is running:
      </p>
      <pre>npm start</pre>
    </main>
  );
}
