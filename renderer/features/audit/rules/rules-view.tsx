import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Disclosure } from '../../../components/disclosure.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { TextField } from '../../../components/field.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { count } from '../../../components/time-words.ts';
import { orpc } from '../../../transport/queries.ts';
import { LEVEL_WORDS } from '../alerts/alert-words.ts';
import { RuleWords } from '../alerts/rule-words.tsx';
import { BackToLog } from '../back-to-log.tsx';
import { OwnRulesPart } from './own-rules.tsx';
import { type KnownRule, letGoWords, noiseWords, ruleGroups } from './rule-groups.ts';
import './rules.css';

/** Rules of a group that are drawn before somebody asks for all. */
const FIRST = 60;

/** The rules in force: which speak, which are silent, and which can never fire with the sources there are. */
export function RulesView() {
  const { data, error } = useQuery(orpc.audit.rules.queryOptions());
  const letGo = useQuery(orpc.audit.state.queryOptions()).data?.letGo;
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim().toLowerCase());
  if (error && !data) {
    return (
      <div className="audit__panel">
        <BackToLog />
        <ErrorState inline {...errorWords(error, 'The rules could not be read.')} />
      </div>
    );
  }
  const found = (data ?? []).filter(
    ({ rule }) =>
      search === '' || rule.title.toLowerCase().includes(search) || rule.id.toLowerCase().includes(search),
  );
  const { noisy, quiet, idle } = ruleGroups(found);
  return (
    <div className="audit__panel rules">
      <BackToLog />
      <div className="rules__head">
        <h2>Rules</h2>
        <TextField
          label="Search the rules"
          hideLabel
          type="search"
          placeholder="Search"
          value={typed}
          maxLength={256}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {letGo === undefined ? null : <p className="rules__let-go">{letGoWords(letGo)}</p>}
      {search === '' ? <OwnRulesPart /> : null}
      {data === undefined ? (
        <p className="log__note" role="status">
          <Spinner /> Reading the rules
        </p>
      ) : found.length === 0 ? (
        <EmptyState
          sentence={
            data.length === 0
              ? 'No rule is in force, so nothing raises an alert.'
              : 'No rule has these words.'
          }
          action={data.length > 0 ? <Button onClick={() => setTyped('')}>Show all rules</Button> : undefined}
        />
      ) : (
        <>
          <Group title="Can never fire here" note="No source there is says what they ask for." rules={idle} />
          <Group title="Spoke in the last 30 days" note="The noisiest first." rules={noisy} />
          <Group title="Silent in the last 30 days" note="" rules={quiet} />
        </>
      )}
    </div>
  );
}

function Group({ title, note, rules }: { title: string; note: string; rules: readonly KnownRule[] }) {
  const [all, setAll] = useState(false);
  if (rules.length === 0) return null;
  const shown = all ? rules : rules.slice(0, FIRST);
  return (
    <section className="rules__group" aria-label={title}>
      <h3>
        {title} <span className="quiet">{rules.length.toLocaleString('en')}</span>
      </h3>
      {note ? <p className="quiet">{note}</p> : null}
      <ul>
        {shown.map((known) => (
          <li key={known.rule.id}>
            <Disclosure
              summary={visible(known.rule.title)}
              note={known.canFire ? undefined : visible(known.whyNot)}
              aside={
                <span className="rules__aside">
                  <span>{noiseWords(known)}</span>
                  <span>{LEVEL_WORDS[known.rule.level]}</span>
                </span>
              }
            >
              <div className="rules__words">
                <RuleWords rule={known.rule} />
              </div>
            </Disclosure>
          </li>
        ))}
      </ul>
      {rules.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          {count(rules.length - shown.length, 'more rule')}
        </Button>
      ) : null}
    </section>
  );
}
