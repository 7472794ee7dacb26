import { Command } from 'cmdk';
import type { ReactNode } from 'react';

export interface ItemProps {
  icon: ReactNode;
  label: string;
  /** Tells items with the same label apart; also found by typing it. */
  id?: string;
  note?: string | undefined;
  mono?: string;
  keys?: string;
  onSelect: () => void;
}

/** One line of the palette. */
export function Item({ icon, label, id, note, mono, keys, onSelect }: ItemProps) {
  return (
    <Command.Item className="palette__item" value={id ? `${label} ${id}` : label} onSelect={onSelect}>
      {icon}
      <span className="palette__label">{label}</span>
      {mono ? <code className="palette__mono">{mono}</code> : null}
      {note ? <span className="palette__note">{note}</span> : null}
      {keys ? <kbd className="palette__keys">{keys}</kbd> : null}
    </Command.Item>
  );
}
