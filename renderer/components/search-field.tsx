import { Search } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import './search-field.css';

export interface SearchFieldProps {
  /** What is searched, for who does not see the list below. */
  label: string;
  value: string;
  onValue: (value: string) => void;
}

/** The search above a list: `/` leads to it from the page, Escape empties it. */
export function SearchField({ label, value, onValue }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useSlash(field);
  return (
    <label className="search-field">
      <Search aria-hidden="true" />
      <span className="visually-hidden">{label}</span>
      <input
        ref={field}
        type="search"
        value={value}
        placeholder="Search"
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        onChange={(event) => onValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.stopPropagation();
            onValue('');
          }
        }}
      />
      <span className="search-field__key" aria-hidden="true">
        /
      </span>
    </label>
  );
}

function useSlash(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, [role="dialog"]')) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [field]);
}
