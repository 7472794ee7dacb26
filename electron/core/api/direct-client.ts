import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createProcedureClient, getRouter, isProcedure, ORPCError } from '@orpc/server';
import type { Contract } from '#shared/contract/contract.ts';
import type { Caller } from './caller.ts';
import type { Api } from './router.ts';

/** Every procedure and stream of the contract as functions. */
export type ApiClient = ContractRouterClient<Contract>;

/**
 * A client in the same process: no transport, yet the same validation, access and errors as over any of them. oRPC's
 * own `createRouterClient` answers an unknown procedure with a TypeError; this one says NOT_FOUND like the others.
 */
export function createDirectClient(api: Api, caller: Caller): ApiClient {
  return createORPCClient<ApiClient>({
    call: async (path, input, { signal }) => {
      const procedure: unknown = getRouter(api.router, path);
      if (!isProcedure(procedure)) throw new ORPCError('NOT_FOUND');
      return createProcedureClient(procedure, { context: { caller }, path })(input, { signal });
    },
  });
}
