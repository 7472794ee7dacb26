import type { z } from 'zod';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import { Refused } from './refused.ts';
import type { readDocument } from './request-text.ts';

/** A document as the request that it has to be. Refuses `wrong-version` for another protocol than ours, else `bad-request`. */
export function checkRequest<T>(schema: z.ZodType<T>, { value, ask }: ReturnType<typeof readDocument>): T {
  const version = value !== null && typeof value === 'object' && 'version' in value ? value.version : null;
  if (Number.isInteger(version) && version !== HELPER_PROTOCOL && ask !== 'hello')
    throw new Refused('wrong-version', `This helper speaks version ${HELPER_PROTOCOL} of the protocol.`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.').slice(0, 120) || 'the request';
  // Zod's own words, without values: a request can carry secrets.
  throw new Refused('bad-request', `${where}: ${issue?.code ?? 'not valid'}.`);
}
