import type { ReactNode } from 'react';
import './error-state.css';

export interface ErrorStateProps {
  /** What happened, in one sentence. */
  what: string;
  /** What was left untouched, in one sentence. */
  untouched?: string | undefined;
  /** What to do next, in one sentence. */
  next?: string | undefined;
  /** The exact code or message, last and in mono. */
  code?: string | undefined;
  action?: ReactNode;
  /** Within a page rather than instead of one: smaller, with a hairline. */
  inline?: boolean;
}

/** What happened, what was left untouched, what to do; the code at the end. */
export function ErrorState({ what, untouched, next, code, action, inline = false }: ErrorStateProps) {
  const Heading = inline ? 'h2' : 'h1';
  return (
    <div className={inline ? 'error-state error-state--inline' : 'error-state'} role="alert">
      <Heading>{what}</Heading>
      {untouched ? <p>{untouched}</p> : null}
      {next ? <p>{next}</p> : null}
      {action ? <div className="error-state__action">{action}</div> : null}
      {code ? <code className="error-state__code">{code}</code> : null}
    </div>
  );
}

/**
 * The words of an error that came over the contract.
 * @param error whatever a procedure threw
 * @param what what did not work, when the error itself is not meant to be shown
 * @returns the words for {@link ErrorState}: a defined error speaks for itself, anything else only gives its code
 */
export function errorWords(
  error: unknown,
  what: string,
): Pick<ErrorStateProps, 'what' | 'untouched' | 'next' | 'code'> {
  if (typeof error !== 'object' || error === null) return { what };
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  if (typeof code === 'string' && isErrorData(data)) {
    return { what: String(message), untouched: data.untouched, next: data.next, code };
  }
  return { what, code: typeof code === 'string' ? code : String(message ?? '') };
}

function isErrorData(data: unknown): data is { untouched: string; next: string } {
  return typeof data === 'object' && data !== null && 'untouched' in data && 'next' in data;
}
