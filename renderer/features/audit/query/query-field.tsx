import { useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { OWN_FIELDS } from '#shared/domain/audit/event-values.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../../transport/queries.ts';
import { completionAt, type Option, optionsFor } from './completion.ts';
import { type Chip, joinQuery, plainValue, splitQuery } from './query-text.ts';
import { SavedSearches } from './saved-searches.tsx';
import './query-field.css';

/** Milliseconds after the last letter at which what is typed is asked. */
const SETTLED_MS = 300;

export interface QueryFieldProps {
  /** What is asked now, in the query language. */
  query: string;
  onQuery: (query: string) => void;
  /** For `/`, from anywhere on the page. */
  input: React.RefObject<HTMLInputElement | null>;
}

/** The query: conditions as chips, words as text, completion below, and the place of a mistake marked. */
export function QueryField({ query, onQuery, input }: QueryFieldProps) {
  const list = useId();
  const note = useId();
  const [asked, setAsked] = useState(query);
  const [typed, setTyped] = useState(() => splitQuery(query).rest);
  const [chips, setChips] = useState<readonly Chip[]>(() => splitQuery(query).chips);
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(-1);
  const [caret, setCaret] = useState(0);
  // The query was changed from outside: by a facet, a value, the address.
  if (asked !== query) {
    const split = splitQuery(query);
    setAsked(query);
    setChips(split.chips);
    setTyped(split.rest);
  }
  const read = readQuery(typed);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const ask = (next: { chips?: readonly Chip[]; rest?: string }) => {
    clearTimeout(timer.current);
    const text = joinQuery({ chips: next.chips ?? chips, rest: next.rest ?? typed });
    if (!readQuery(text).ok || text === query) return;
    const split = splitQuery(text);
    setAsked(text);
    setChips(split.chips);
    setTyped(split.rest);
    onQuery(text);
  };
  const type = (rest: string, at: number) => {
    setTyped(rest);
    setCaret(at);
    setOpen(true);
    setMarked(-1);
    clearTimeout(timer.current);
    // Words are asked while one types; a condition becomes a chip when it is finished.
    if (!rest.includes(':')) timer.current = setTimeout(() => ask({ rest }), SETTLED_MS);
  };

  const completion = completionAt(typed, caret);
  const found = useQuery({
    ...orpc.audit.complete.queryOptions({
      input: { field: completion?.field ?? null, begins: completion?.begins ?? '' },
    }),
    enabled: open && completion !== null,
  });
  const options = open && completion ? optionsFor(completion, found.data ?? [], OWN_FIELDS) : [];
  const take = (option: Option) => {
    if (!completion) return;
    const rest = typed.slice(0, completion.from) + option.text + typed.slice(completion.to);
    setMarked(-1);
    input.current?.focus();
    if (option.finished) {
      setOpen(false);
      setTyped(rest);
      ask({ rest });
    } else type(rest, completion.from + option.text.length);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (options.length === 0) return;
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setMarked((now) => (now + step + options.length + 1) % (options.length + 1));
    } else if (event.key === 'Enter' || (event.key === 'Tab' && marked >= 0)) {
      const option = options[marked];
      event.preventDefault();
      if (option) take(option);
      else {
        setOpen(false);
        ask({});
      }
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (options.length > 0) setOpen(false);
      else event.currentTarget.blur();
    } else if (event.key === 'Backspace' && selectionStart === 0 && selectionEnd === 0 && chips.length > 0) {
      event.preventDefault();
      ask({ chips: chips.slice(0, -1) });
    }
  };
  const mistake = read.ok ? null : read;
  const shown = options[marked] ? `${list}-${marked}` : undefined;
  return (
    <div className="query">
      <div
        className={mistake && !open ? 'query__box query__box--mistake' : 'query__box'}
        onPointerDown={(event) => {
          if (event.target === event.currentTarget) {
            event.preventDefault();
            input.current?.focus();
          }
        }}
      >
        <Search aria-hidden="true" />
        {chips.map((chip, index) => (
          <span key={`${chip.not} ${chip.field} ${chip.values.join(' ')}`} className="query__chip">
            <code title={visible(chipWords(chip))}>{visible(chipWords(chip))}</code>
            <button
              type="button"
              aria-label={`Take away ${visible(chipWords(chip))}`}
              onClick={() => ask({ chips: chips.filter((_, place) => place !== index) })}
            >
              <X aria-hidden="true" />
            </button>
          </span>
        ))}
        <span className="query__line">
          {mistake && typed !== '' ? <Mistake text={typed} at={mistake.at} /> : null}
          <input
            ref={input}
            type="text"
            role="combobox"
            aria-label="Query"
            aria-expanded={options.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={shown}
            aria-invalid={mistake ? true : undefined}
            aria-describedby={mistake ? note : undefined}
            value={typed}
            placeholder={
              chips.length > 0
                ? 'add words, or a field and a value'
                : 'Words, or a field and a value: node:naru'
            }
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={2_048}
            onChange={(event) => type(event.target.value, event.target.selectionStart ?? 0)}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onFocus={() => setOpen(true)}
            onBlur={() => {
              setOpen(false);
              ask({});
            }}
            onKeyDown={onKeyDown}
          />
        </span>
        <span className="query__key" aria-hidden="true">
          /
        </span>
        <SavedSearches query={query} onQuery={onQuery} />
      </div>
      <div
        id={list}
        role="listbox"
        aria-label="Completion"
        className="query__options"
        hidden={options.length === 0}
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the marked option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the field
          <div
            key={option.text}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === marked}
            className={index === marked ? 'query__option query__option--marked' : 'query__option'}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(option)}
          >
            <code>{visible(option.words)}</code>
            {option.note ? <span>{option.note}</span> : null}
          </div>
        ))}
      </div>
      {mistake && typed !== '' ? (
        <p className="query__note" id={note} role="status">
          {mistake.message}
        </p>
      ) : null}
    </div>
  );
}

/** The typed text once more, unseen, with a wave under the place of the mistake. */
function Mistake({ text, at }: { text: string; at: number }) {
  const place = Math.min(at, Math.max(0, text.length - 1));
  return (
    <span className="query__ghost" aria-hidden="true">
      {text.slice(0, place)}
      <mark>{text.slice(place, Math.max(place + 1, nextBreak(text, place)))}</mark>
    </span>
  );
}

function nextBreak(text: string, from: number): number {
  const found = text.slice(from).search(/[\s)]/);
  return found < 0 ? text.length : from + found;
}

function chipWords({ field, values, not }: Chip): string {
  return `${not ? 'not ' : ''}${field}: ${values.map(plainValue).join(', ')}`;
}
