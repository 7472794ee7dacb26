import type { CheckId } from '#shared/domain/check-id.ts';
import { Operator } from './operator.ts';

/**
 * `unkept-console.ts FOLDER SECONDS CHECK…`: a console that repairs these checks of its node, prints the change as a line of
 * JSON when it would have to be kept, and waits to be killed.
 */
const [dataFolder = '', seconds = '', ...checks] = process.argv.slice(2);
const operator = await Operator.back(dataFolder);
const { client, node } = operator;
const plan = await client.fixes.plan({ node, checks: checks as CheckId[], revertsAfter: Number(seconds) });
const { id, state, error, revertsAt } = await operator.orderOnly(plan);
process.stdout.write(`${JSON.stringify({ id, state, error, revertsAt, left: plan.left })}\n`);
setInterval(() => undefined, 60_000);
