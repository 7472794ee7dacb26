import {
  blankInstance,
  type InstanceProfile,
  type Profile,
  type ProfileCorrection,
} from '#shared/domain/profile.ts';
import { accountByName, type Knowledge } from './knowledge.ts';
import { isWithin } from './paths.ts';

/** What follows from a corrected field: another user has another uid, home and folder of configuration. */
function corrected(
  instance: InstanceProfile,
  correction: ProfileCorrection,
  knowledge: Knowledge,
): InstanceProfile {
  const { instance: _id, ...fields } = correction;
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const result: InstanceProfile = { ...instance, ...present };
  if (typeof fields.user === 'string' && fields.user !== instance.user) {
    const account = accountByName(knowledge, fields.user);
    result.uid = account?.uid ?? null;
    result.home = account?.home ?? null;
    if (fields.configurationFolder === undefined) {
      result.configurationFolder = account ? `${account.home}/.config/mycoswarm` : null;
    }
  }
  if (fields.virtualEnvironment !== undefined && fields.virtualEnvironment !== instance.virtualEnvironment) {
    const place = fields.virtualEnvironment;
    const found =
      place === null
        ? undefined
        : knowledge.hints.distributions.find((entry) => isWithin(entry.sitePackages, place));
    result.sitePackages = found?.sitePackages ?? null;
    result.version = found?.version ?? null;
  }
  return result;
}

/**
 * Puts the operator's corrections over what was detected. A correction for an instance that is not there any more
 * declares one, so that a choice of the operator never disappears in silence.
 */
export function applyCorrections(
  detected: readonly InstanceProfile[],
  corrections: readonly ProfileCorrection[],
  knowledge: Knowledge,
): Profile {
  const instances = [...detected];
  const touched = new Set<string>();
  for (const correction of corrections) {
    const at = instances.findIndex((instance) => instance.id === correction.instance);
    const base = at >= 0 ? instances[at] : undefined;
    const result = corrected(base ?? blankInstance(correction.instance, 'declared'), correction, knowledge);
    if (at >= 0) instances[at] = result;
    else if (instances.length < 16) instances.push(result);
    else continue;
    touched.add(correction.instance);
  }
  return { instances, corrected: [...touched].slice(0, 16) };
}
