import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import { visible } from '#shared/domain/text.ts';
import { LEVEL_WORDS } from './alert-words.ts';

const ORIGINS = {
  swarmkeep: 'Swarmkeep’s own',
  imported: 'brought in by you',
  'built-in': 'built in',
} as const;

/** The story of a rule, when it is usually harmless, and its exact name. */
export function RuleWords({ rule }: { rule: RuleInfo }) {
  return (
    <div className="rule-words">
      {rule.story ? <p>{visible(rule.story)}</p> : null}
      {rule.falsePositives.length > 0 ? (
        <>
          <h4>Usually harmless when</h4>
          <ul>
            {rule.falsePositives.map((words) => (
              <li key={words}>{visible(words)}</li>
            ))}
          </ul>
        </>
      ) : null}
      <p className="rule-words__exact">
        {ORIGINS[rule.origin]}, to be looked at {LEVEL_WORDS[rule.level]} (<code>{rule.level}</code>)
        <br />
        <code>{visible(rule.id)}</code>
      </p>
    </div>
  );
}
