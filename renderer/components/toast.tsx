import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { Button } from './button.tsx';
import './toast.css';

export interface ToastMessage {
  /** One sentence: what happened. */
  text: string;
  /** Offered as "Undo"; the message stays twelve seconds then instead of six. */
  undo?: () => void;
  /** Something did not work: announced at once, and stays until it is closed. */
  problem?: boolean;
}

type ShowToast = (message: ToastMessage) => void;

const ToastContext = createContext<ShowToast>(() => undefined);

/** @returns the function that shows a short message at the foot of the page */
export function useToast(): ShowToast {
  return useContext(ToastContext);
}

const SECONDS = { plain: 6, withUndo: 12 } as const;

/** Keeps the one short message that is shown, and announces it. Placed once, around the routes. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState<ToastMessage | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const close = useCallback(() => {
    clearTimeout(timer.current);
    setMessage(null);
  }, []);
  const closeLater = useCallback(
    (shown: ToastMessage) => {
      clearTimeout(timer.current);
      if (shown.problem) return;
      timer.current = setTimeout(close, (shown.undo ? SECONDS.withUndo : SECONDS.plain) * 1_000);
    },
    [close],
  );
  const show = useMemo<ShowToast>(
    () => (next) => {
      setMessage(next);
      closeLater(next);
    },
    [closeLater],
  );

  return (
    <ToastContext value={show}>
      {children}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the handlers only hold the clock, nothing can be done here */}
      <div
        className="toast-region"
        role={message?.problem ? 'alert' : 'status'}
        // Whoever reads or reaches for Undo is not to be hurried.
        onPointerEnter={() => clearTimeout(timer.current)}
        onPointerLeave={() => message && closeLater(message)}
        onFocus={() => clearTimeout(timer.current)}
        onBlur={() => message && closeLater(message)}
      >
        {message ? (
          <div className="toast">
            <span className="toast__text">{message.text}</span>
            {message.undo ? (
              <Button
                variant="link"
                onClick={() => {
                  message.undo?.();
                  close();
                }}
              >
                Undo
              </Button>
            ) : null}
            <button type="button" className="toast__close" aria-label="Close this message" onClick={close}>
              <X aria-hidden="true" />
            </button>
          </div>
        ) : null}
      </div>
    </ToastContext>
  );
}
