import { ORPCError } from '@orpc/server';
import { ConsoleError } from '#core/console/service.ts';
import { ERRORS } from '#shared/contract/errors.ts';
import { shortened, visible } from '#shared/domain/text.ts';

const MESSAGE_LENGTH = 1_024;
const DATA_LENGTH = 512;
const MOST_ISSUES = 16;

/** All that a caller learns of a mistake of ours. */
export const INTERNAL_MESSAGE = 'Something went wrong inside the console. The details are in its log.';

/**
 * Makes any thrown value safe to cross the boundary: an error of the contract keeps code, message and data; input that
 * was refused says where; anything else says nothing, for its message may hold a path, a secret or a stack.
 * @returns the error to send, and whether the cause belongs in the log
 */
export function safeError(thrown: unknown): { error: ORPCError<string, unknown>; forLog: boolean } {
  if (thrown instanceof ConsoleError) {
    return {
      error: new ORPCError(thrown.code, {
        defined: true,
        status: ERRORS[thrown.code].status,
        message: sentence(thrown.message, MESSAGE_LENGTH),
        data: {
          untouched: sentence(thrown.data.untouched, DATA_LENGTH),
          next: sentence(thrown.data.next, DATA_LENGTH),
        },
      }),
      forLog: false,
    };
  }
  if (thrown instanceof ORPCError && thrown.code === 'BAD_REQUEST') {
    const issues = issuesOf(thrown.data);
    const first = issues[0];
    const where = first === undefined ? '' : ` ${first.path === '' ? '' : `${first.path}: `}${first.message}`;
    return {
      error: new ORPCError('BAD_REQUEST', {
        message: sentence(`The request is not valid.${where}`, MESSAGE_LENGTH),
        data: { issues },
      }),
      forLog: false,
    };
  }
  if (thrown instanceof ORPCError && (thrown.code === 'NOT_FOUND' || thrown.code === 'TOO_MANY_REQUESTS')) {
    return { error: new ORPCError(thrown.code, { message: sentence(thrown.message, 256) }), forLog: false };
  }
  return {
    error: new ORPCError('INTERNAL_SERVER_ERROR', { message: INTERNAL_MESSAGE }),
    forLog: true,
  };
}

function sentence(text: string, limit: number): string {
  return shortened(visible(text), limit);
}

/** What zod said about the caller's own input: path and words, never the value, and only so much of it. */
function issuesOf(data: unknown): { path: string; message: string }[] {
  const issues = typeof data === 'object' && data !== null && 'issues' in data ? data.issues : [];
  if (!Array.isArray(issues)) return [];
  return issues.slice(0, MOST_ISSUES).map((issue: unknown) => {
    const { path, message } = Object(issue) as { path?: unknown; message?: unknown };
    const steps = Array.isArray(path) ? path.slice(0, 16) : [];
    return {
      path: sentence(steps.map((step: unknown) => String(step)).join('.'), 256),
      message: sentence(typeof message === 'string' ? message : '', 256),
    };
  });
}
