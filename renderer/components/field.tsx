import { type ComponentProps, type ReactNode, useId } from 'react';
import './field.css';

interface FieldWords {
  label: ReactNode;
  /** Quiet words under the field. */
  hint?: ReactNode;
  /** What is wrong with the value, in one sentence; replaces the hint. */
  error?: string | null | undefined;
  /** The label is read out but not drawn. */
  hideLabel?: boolean;
}

interface FrameProps extends FieldWords {
  id: string;
  children: ReactNode;
}

function Frame({ id, label, hint, error, hideLabel = false, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field__label'}>
        {label}
      </label>
      {children}
      {error ? (
        <p className="field__error" id={`${id}-words`}>
          {error}
        </p>
      ) : hint ? (
        <p className="field__hint" id={`${id}-words`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

function described(id: string, { hint, error }: FieldWords) {
  return {
    id,
    ...(hint || error ? { 'aria-describedby': `${id}-words` } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
  } as const;
}

export interface TextFieldProps extends FieldWords, Omit<ComponentProps<'input'>, 'id'> {
  /** For values that come from a machine: paths, host names. */
  mono?: boolean;
}

/** One line of text, a number (`type="number"`) or a day (`type="date"`). */
export function TextField({ label, hint, error, hideLabel, mono, className, ...input }: TextFieldProps) {
  const id = useId();
  const words = { label, hint, error };
  return (
    <Frame id={id} {...words} hideLabel={hideLabel ?? false}>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        {...input}
        {...described(id, words)}
        className={['field__control', mono && 'field__control--mono', className].filter(Boolean).join(' ')}
      />
    </Frame>
  );
}

export interface TextAreaFieldProps extends FieldWords, Omit<ComponentProps<'textarea'>, 'id'> {}

/** Several lines of text. */
export function TextAreaField({ label, hint, error, hideLabel, ...input }: TextAreaFieldProps) {
  const id = useId();
  const words = { label, hint, error };
  return (
    <Frame id={id} {...words} hideLabel={hideLabel ?? false}>
      <textarea
        rows={3}
        {...input}
        {...described(id, words)}
        className="field__control field__control--area"
      />
    </Frame>
  );
}

export interface SelectFieldProps extends FieldWords, Omit<ComponentProps<'select'>, 'id' | 'children'> {
  options: readonly { value: string; label: string }[];
}

/** One of a few. The system's own list: works with every keyboard and reader. */
export function SelectField({ label, hint, error, hideLabel, options, ...select }: SelectFieldProps) {
  const id = useId();
  const words = { label, hint, error };
  return (
    <Frame id={id} {...words} hideLabel={hideLabel ?? false}>
      <select {...select} {...described(id, words)} className="field__control field__control--select">
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}
