import { z } from 'zod';

/** What every error says besides its stable code: a message safe to show (the error's own), and what to do next. */
export const errorData = z.object({
  /** What was not lost or changed, in one sentence; empty when there is nothing to say. */
  untouched: z.string().max(512),
  /** What to do next, in one sentence. */
  next: z.string().max(512),
});
export type ErrorData = z.infer<typeof errorData>;

const data = errorData;

/** All errors that a procedure can give on purpose. Codes are stable; anything else arrives as INTERNAL_SERVER_ERROR. */
export const ERRORS = {
  NODE_UNKNOWN: { status: 404, message: 'There is no such node.', data },
  NODE_EXISTS: { status: 409, message: 'This node is already there.', data },
  NODE_UNREACHABLE: { status: 502, message: 'The node could not be reached.', data },
  HOST_KEY_UNCONFIRMED: { status: 409, message: 'The host key of this node was not confirmed yet.', data },
  HOST_KEY_CHANGED: {
    status: 409,
    message: 'The node shows another host key than the one that was confirmed.',
    data,
  },
  LOOK_UNKNOWN: { status: 404, message: 'There is no such look.', data },
  STREAM_UNKNOWN: { status: 404, message: 'There is no such stream.', data },
  DECISION_UNKNOWN: { status: 404, message: 'There is no such entry.', data },
  EVENT_UNKNOWN: { status: 404, message: 'There is no such event.', data },
  NOT_ALLOWED: { status: 409, message: 'This cannot be done as things are.', data },
  PLAN_UNKNOWN: { status: 404, message: 'There is no such plan. Nothing was changed.', data },
  PLAN_CHANGED: {
    status: 409,
    message: 'The plan is not the one that was shown. Nothing was changed.',
    data,
  },
  INCIDENT_UNKNOWN: { status: 404, message: 'There is no such incident.', data },
  CHANGE_UNKNOWN: { status: 404, message: 'There is no such change.', data },
  CONSENT_REFUSED: { status: 403, message: 'Consent was not given. Nothing was changed.', data },
  NOT_SUPPORTED_HERE: { status: 501, message: 'This cannot be done on this computer.', data },
  STORE_UNAVAILABLE: {
    status: 503,
    message: "The console's own records could not be read or written.",
    data,
  },
} as const;
export type ErrorCode = keyof typeof ERRORS;
