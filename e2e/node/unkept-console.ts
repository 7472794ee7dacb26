import type { CheckId } from '#shared/domain/check-id.ts';
import { Operator } from './operator.ts';

/**
 * `unkept-console.ts FOLDER PATIENCE leave|keep SECONDS CHECK…`: a console that repairs these checks of its node, keeps that or
 * leaves it, and waits to be killed. It says as lines of JSON which change it ordered, and when that would have to be kept.
 */
const [dataFolder = '', patience = '', what = '', seconds = '', ...checks] = process.argv.slice(2);
const operator = await Operator.back(dataFolder, Number(patience));
const { client, node } = operator;
const plan = await client.fixes.plan({ node, checks: checks as CheckId[], revertsAfter: Number(seconds) });
const tell = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`);
const { id, state, error, revertsAt } = await operator.orderOnly(plan, (ordered) => tell({ ordered }));
tell({ waits: { id, state, error, revertsAt, left: plan.left } });
if (what === 'keep') await client.fixes.keep({ change: id });
setInterval(() => undefined, 60_000);
