import { parentPort, workerData } from 'node:worker_threads';
import { asAuditError, auditFile } from '#core/store/audit/open-audit-database.ts';
import type { PlaceholderValues } from '#shared/domain/audit/own-rules.ts';
import { loadRules } from './load-rules.ts';
import { openFollowerOf } from './open-follower.ts';
import type { AuditRequest, AuditResponse, AuditThread } from './protocol.ts';
import { readerOperations } from './reader-operations.ts';
import { writerOperations } from './writer-operations.ts';

/** A thread of the audit: the one that follows, detects and stores, or one that answers questions. Never imported. */
async function serve(
  port: NonNullable<typeof parentPort>,
  { role, folder, keep }: AuditThread,
): Promise<void> {
  const say = (response: AuditResponse): void => port.postMessage(response);
  const fail = (id: number, error: unknown): void => {
    say({ id, failure: asAuditError(error, auditFile(folder)).toFailure() });
  };
  let operations: Record<string, (input: never) => unknown>;
  let arrived: (id: number) => void = () => undefined;
  try {
    if (role === 'reader') operations = readerOperations(folder);
    else {
      const rules = (values: PlaceholderValues) => loadRules(folder, values);
      const options = { folder, keep, say, loadRules: rules, openFollower: openFollowerOf(folder) };
      ({ operations, arrived } = writerOperations(options));
    }
  } catch (error) {
    fail(0, error);
    port.close();
    return;
  }
  port.on('message', async (request: AuditRequest) => {
    if ('arrived' in request) {
      arrived(request.arrived);
      return;
    }
    const { id, name, input } = request;
    try {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) throw new TypeError(`No operation ${name.slice(0, 64)}`);
      say({ id, value: await operation(input as never) });
    } catch (error) {
      fail(id, error);
    }
    if (name === 'close') port.close();
  });
  say({ id: 0, value: null });
}

if (parentPort) void serve(parentPort, workerData as AuditThread);
