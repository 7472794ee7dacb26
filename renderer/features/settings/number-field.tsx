import { useEffect, useState } from 'react';
import { TextField } from '../../components/field.tsx';

export interface NumberFieldProps {
  label: string;
  hint: string;
  value: number;
  min: number;
  max: number;
  onSave: (value: number) => void;
}

/** A whole number within bounds, saved when it is left or Enter is pressed; Escape takes it back. */
export function NumberField({ label, hint, value, min, max, onSave }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const typed = /^\d{1,8}$/.test(text.trim()) ? Number(text) : Number.NaN;
  const wrong = !(typed >= min && typed <= max);
  const commit = () => {
    if (!wrong && typed !== value) onSave(typed);
  };
  return (
    <TextField
      label={label}
      hint={hint}
      inputMode="numeric"
      className="tabular"
      value={text}
      maxLength={8}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(String(value));
      }}
      error={
        wrong ? `A whole number from ${min} to ${max.toLocaleString('en')}. It is still ${value}.` : null
      }
    />
  );
}
