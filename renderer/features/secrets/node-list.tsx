import { CircleCheck, CircleQuestionMark, Clock, Split, Wrench } from 'lucide-react';
import type { NodeSecret, SecretsSeen } from '#shared/domain/rotation/secrets.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';

export interface NodeListProps {
  seen: SecretsSeen;
  /** Give the secret that is in force to a node that has none. */
  onGive: (node: string) => void;
}

/** Who has which secret: never the secret, only whether it is the same, since when, and whether it is in force. */
export function NodeList({ seen, onGive }: NodeListProps) {
  const someHave = seen.nodes.some((node) => node.seen === 'there');
  return (
    <ul className="secrets__nodes" aria-label="Secrets of the nodes">
      {seen.nodes.map((node) => {
        const { icon: Icon, tone, words } = stateOf(node, seen);
        return (
          <li key={node.node} className="secrets__node">
            <span className="split__name">{visible(node.name)}</span>
            <span className={`split__state split__state--${tone}`}>
              <Icon aria-hidden="true" />
              {words}
            </span>
            <span className="secrets__detail">
              {node.why === '' ? (
                node.changedAt === null ? (
                  ''
                ) : (
                  <Made at={node.changedAt} />
                )
              ) : (
                visible(node.why)
              )}
            </span>
            <span className="secrets__end">
              {node.seen === 'none' && someHave ? (
                <Button small onClick={() => onGive(node.node)}>
                  Give it the secret
                </Button>
              ) : (
                dueWords(node)
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Made({ at }: { at: string }) {
  return (
    <>
      made <RelativeTime at={at} />
    </>
  );
}

function stateOf(node: NodeSecret, seen: SecretsSeen) {
  if (node.seen === 'unseen') return { icon: CircleQuestionMark, tone: 'unknown', words: 'Could not ask' };
  if (node.seen === 'none') return { icon: Wrench, tone: 'fix', words: 'Has none' };
  if (node.pending === true) return { icon: Clock, tone: 'review', words: 'Not in force yet' };
  if (seen.same === false) return { icon: Split, tone: 'fix', words: `Secret ${letter(node.group, seen)}` };
  if (node.group === null) return { icon: CircleQuestionMark, tone: 'unknown', words: 'Not compared' };
  return { icon: CircleCheck, tone: 'fine', words: seen.same === true ? 'The same' : 'Has one' };
}

/** Groups by letter, in the order of the list: what they are called means nothing. */
function letter(group: number | null, { nodes }: SecretsSeen): string {
  const groups = [...new Set(nodes.flatMap((node) => (node.group === null ? [] : [node.group])))];
  return group === null ? '?' : String.fromCharCode(65 + (groups.indexOf(group) % 26));
}

function dueWords({ dueInDays }: NodeSecret): string {
  if (dueInDays === null) return '';
  const days = Math.floor(Math.abs(dueInDays));
  if (dueInDays < 0) return `due since ${counted(days, 'day')}`;
  return days === 0 ? 'due today' : `due in ${counted(days, 'day')}`;
}
