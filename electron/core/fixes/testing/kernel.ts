import { spawnSync } from 'node:child_process';
import { NO_BOOT } from '#core/checks/testing/firewall-facts.ts';
import type { FixPlan } from '#core/fixes/fix.ts';
import type { BootRules } from '#shared/domain/facts/network.ts';
import { knownOf, type Model } from './after.ts';
import { writtenBy } from './written-by.ts';

/** Whether tables can be loaded in a network namespace of their own here. */
export const canLoad =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { stdio: 'ignore' }).status === 0;

/** Loads rules in a namespace of their own, checked by `nft -c` first, and lists what is there then. */
export function listed(text: string): string {
  const script =
    'f=$(mktemp) && trap "rm -f $f" EXIT && cat > "$f" && nft -c -f "$f" && nft -f "$f" && nft -f "$f" && nft -j list ruleset';
  const run = spawnSync('unshare', ['-n', '/bin/sh', '-c', script], { input: text });
  if (run.status !== 0) throw new Error(`nft: ${run.stderr.toString()}`);
  return run.stdout.toString();
}

/** Puts a table that a plan loads into the rules of a model, as the kernel understood it, and at boot where a unit loads it. */
export function loadInto(model: Model, plan: FixPlan): void {
  const firewall = knownOf(model, 'firewall');
  for (const { action } of plan.steps) {
    if (action?.verb !== 'load-table') continue;
    const json = listed(action.text);
    firewall.nftJson = json;
    firewall.boot = bootOf(plan, json);
  }
}

function bootOf(plan: FixPlan, json: string): BootRules {
  const unit = plan.steps.find(
    ({ action }) => action?.verb === 'set-unit' && action.enabled === true,
  )?.action;
  if (unit?.verb !== 'set-unit') return NO_BOOT;
  const lines = writtenBy(plan, `/etc/systemd/system/${unit.unit}`).split('\n');
  const valuesOf = (key: string) =>
    lines.flatMap((line) => (line.startsWith(`${key}=`) ? line.slice(key.length + 1).split(' ') : []));
  const path = valuesOf('ExecStart').at(-1) ?? '';
  const required = plan.steps.flatMap(({ action }) => {
    const name = action?.verb === 'write-file' ? /system\/(.+)\.d\/40-/.exec(action.path)?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
  return {
    loaders: [
      {
        unit: unit.unit,
        enabled: true,
        active: true,
        files: [path],
        after: valuesOf('After'),
        restartsWith: valuesOf('PartOf'),
        reloadsWith: valuesOf('ReloadPropagatedFrom'),
        requiredBy: required,
      },
    ],
    files: [
      { path, language: 'nft', family: null, text: writtenBy(plan, path), loaded: json, problem: null },
    ],
    elsewhere: [],
  };
}
