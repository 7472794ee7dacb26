import { X } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import './dialog.css';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** One or two sentences under the title; read out with it. */
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons at the foot: the one that goes on first, then the way back. */
  actions?: ReactNode;
  wide?: boolean;
}

/** A question or a small form over the page. Focus stays inside, Escape closes, and focus returns to what opened it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  actions,
  wide = false,
}: DialogProps) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="dialog-scrim">
          <RadixDialog.Content
            onOpenAutoFocus={focusFirstField}
            className={wide ? 'dialog dialog--wide' : 'dialog'}
            {...(description ? {} : { 'aria-describedby': undefined })}
          >
            <RadixDialog.Title asChild>
              <h2 className="dialog__title">{title}</h2>
            </RadixDialog.Title>
            {description ? (
              <RadixDialog.Description asChild>
                <div className="dialog__description">{description}</div>
              </RadixDialog.Description>
            ) : null}
            {children ? <div className="dialog__body">{children}</div> : null}
            {actions ? <div className="dialog__actions">{actions}</div> : null}
            <RadixDialog.Close className="dialog__close" aria-label="Close">
              <X aria-hidden="true" />
            </RadixDialog.Close>
          </RadixDialog.Content>
        </RadixDialog.Overlay>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** A form begins in its first field; anything else begins at its words, not at whatever button happens to be first. */
function focusFirstField(event: Event): void {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  (dialog.querySelector<HTMLElement>('input, textarea, select') ?? dialog).focus();
}
