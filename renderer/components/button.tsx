import { type ComponentProps, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Spinner } from './spinner.tsx';
import './button.css';

export type ButtonVariant = 'filled' | 'outline' | 'plain' | 'link';

/** The class of a button's look, for links that should look like one. */
export function buttonClass(variant: ButtonVariant = 'outline', small = false, wide = false): string {
  return ['button', `button--${variant}`, small && 'button--small', wide && 'button--wide']
    .filter(Boolean)
    .join(' ');
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  /** `filled` once a page at most; then `outline`, `plain` text, `link`. Default `outline`. */
  variant?: ButtonVariant;
  small?: boolean;
  /** As wide as its container. */
  wide?: boolean;
  icon?: ReactNode;
  /** Set while its work runs: the present step in a few words. The button keeps its width and takes no press. */
  running?: string | false | undefined;
  /** Why it cannot be pressed now; shown beside it. The button stays focusable. */
  disabledReason?: string | null | undefined;
}

/** The one button. Never truly disabled, so that it keeps focus and can say why it does nothing. */
export function Button({
  variant = 'outline',
  small = false,
  wide = false,
  icon,
  running,
  disabledReason,
  className,
  children,
  onClick,
  type = 'button',
  ref,
  ...rest
}: ButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  const reasonId = useId();
  const idle = !running && !disabledReason;

  useLayoutEffect(() => {
    const button = element.current;
    if (!button || wide) return;
    // The width of the label is kept while a shorter or longer step stands in its place.
    button.style.minWidth = running ? `${Math.max(button.offsetWidth, Number(button.dataset.width))}px` : '';
    if (!running) button.dataset.width = String(button.offsetWidth);
  }, [running, wide]);

  return (
    <>
      <button
        {...rest}
        ref={(button) => {
          element.current = button;
          // Menus and tooltips need to know where their trigger is.
          if (typeof ref === 'function') return ref(button);
          if (ref) ref.current = button;
          return undefined;
        }}
        type={type}
        className={[buttonClass(variant, small, wide), className].filter(Boolean).join(' ')}
        aria-disabled={idle ? undefined : true}
        aria-busy={running ? true : undefined}
        aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
        onClick={(event) => {
          if (idle) onClick?.(event);
          else event.preventDefault();
        }}
      >
        {running ? <Spinner /> : icon}
        <span className="button__label">{running || children}</span>
      </button>
      {disabledReason ? (
        <span className="button-reason" id={reasonId}>
          {disabledReason}
        </span>
      ) : null}
    </>
  );
}
