import { mapEventIterator } from '@orpc/client';
import { implement, ORPCError } from '@orpc/server';
import { onBehalfOf } from '#core/console/question-desk.ts';
import type { ClaimedPlan } from '#core/fixes/plan-registry.ts';
import type { ClaimedStep } from '#core/incidents/runbook/incident-registry.ts';
import type { ClaimedRotation } from '#core/secrets/rotation/rotation-registry.ts';
import { contract } from '#shared/contract/contract.ts';
import type { AccessGuard } from './access.ts';
import type { CallContext, ErrorLog } from './caller.ts';
import { safeError } from './safe-errors.ts';

/** The contract with the guard in front of every procedure, and every error made safe. */
export type GuardedContract = ReturnType<typeof guardedContract>;

/** @returns what procedures are put into: access is checked before one is called, and what it throws is safe to show */
export function guardedContract(guard: AccessGuard, log: ErrorLog) {
  // Both run around the validation of input and output, so refusals of either pass through `safeError` too.
  return (
    implement(contract)
      .$context<CallContext>()
      // What a command orders may ask in its own terminal, as long as it runs.
      .use(({ next, context }) => onBehalfOf(context.caller.terminal, () => next()))
      .use(async ({ next, path, signal }) => {
        const safe = (thrown: unknown) => {
          const { error, forLog } = safeError(thrown);
          // What fails because the caller went away is no mistake of ours.
          if (forLog && !signal?.aborted) log.error(`${path.join('.')} failed`, causeOf(thrown));
          return error;
        };
        try {
          const result = await next();
          if (!isStream(result.output)) return result;
          const output = mapEventIterator(result.output, {
            value: async (value: unknown) => value,
            error: async (thrown) => safe(thrown),
          });
          return { ...result, output };
        } catch (thrown) {
          throw safe(thrown);
        }
      })
      .use(async ({ next, context, procedure }, input) => {
        const claimed: ClaimedPlan | ClaimedRotation | ClaimedStep | null = await guard.check(
          procedure['~orpc'].meta.access,
          input,
          context,
        );
        return next({ context: { claimed } });
      })
  );
}

/** A stream fails later than its call, one message at a time. */
function isStream(output: unknown): output is AsyncIterator<unknown, unknown, void> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

/** What belongs in the log: the validation issues behind a refused output, else the error itself. */
function causeOf(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown;
  const cause: unknown = thrown.cause;
  if (typeof cause === 'object' && cause !== null && 'issues' in cause && Array.isArray(cause.issues)) {
    // The value itself stays out of the log: it may hold what a node said.
    return new Error(`${thrown.message}: ${JSON.stringify(cause.issues.slice(0, 8)).slice(0, 4_096)}`);
  }
  return cause ?? thrown;
}
