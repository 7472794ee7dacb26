import { type HelperRequest, helperRequest } from '#shared/domain/helper/verbs.ts';
import { checkRequest } from './check-request.ts';
import { readDocument } from './request-text.ts';

/**
 * The one request in these bytes. Refuses `bad-request` for anything but one JSON document of a known shape, without unknown
 * fields, not nested deeper than 16; and `wrong-version` for another protocol than ours.
 */
export function parseRequest(bytes: Buffer): HelperRequest {
  return checkRequest(helperRequest, readDocument(bytes));
}
