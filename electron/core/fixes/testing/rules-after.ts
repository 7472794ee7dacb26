import { NO_BOOT } from '#core/checks/testing/firewall-facts.ts';
import type { FixPlan } from '#core/fixes/fix.ts';
import type { BootRules } from '#shared/domain/facts/network.ts';
import { knownOf, type Model } from './model.ts';
import { writtenBy } from './written-by.ts';

/**
 * Puts a table that a plan loads into the rules of a model, as the kernel understood it, and at boot where a unit loads it.
 * @param listed loads a text in a namespace of its own and gives what nft lists then
 */
export function loadInto(model: Model, plan: FixPlan, listed: (text: string) => string): void {
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
