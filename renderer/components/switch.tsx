import { Switch as RadixSwitch } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import './switch.css';

export interface SwitchProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** On or off, in force at once. The whole line can be pressed. */
export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-line">
      <label htmlFor={id} className="switch-line__words">
        <span>{label}</span>
        {hint ? (
          <span className="switch-line__hint" id={`${id}-words`}>
            {hint}
          </span>
        ) : null}
      </label>
      <RadixSwitch.Root
        id={id}
        className="switch"
        checked={checked}
        onCheckedChange={onChange}
        {...(hint ? { 'aria-describedby': `${id}-words` } : {})}
      >
        <RadixSwitch.Thumb className="switch__thumb" />
      </RadixSwitch.Root>
    </div>
  );
}
