import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';
import { unitOf } from './knowledge.ts';
import { asRoot, byHand, dropInSteps } from './steps.ts';

const words = (text: string | undefined) => (text ?? '').split(/\s+/).filter((word) => word !== '');

/** A unit of the system that was seen: only there do drop-ins of the administrator say what its programs get. */
function systemUnit(input: CheckInput, instance: InstanceProfile) {
  const unit = unitOf(input, instance);
  return unit === null || unit === 'unseen' || unit.userUnit ? null : unit;
}

/**
 * Takes a group from what a unit gives its programs: a drop-in that empties the list and names the others again
 * (systemd.exec(5), `SupplementaryGroups=`; an empty `Group=` is the group of the account).
 */
export function withoutGroupSteps(input: CheckInput, instance: InstanceProfile, group: string): FixStep[] {
  const unit = systemUnit(input, instance);
  if (unit === null)
    return [
      byHand(
        `Start mycoSwarm again in a way that does not give it the group ${visible(group)}, best as a systemd unit.`,
        true,
      ),
    ];
  const supplementary = words(unit.properties.SupplementaryGroups);
  const isMain = unit.properties.Group === group;
  if (!isMain && !supplementary.includes(group))
    return [
      asRoot(
        input,
        `Its unit does not give it the group ${visible(group)}: restart it, so that it loses the group; tasks that are running are lost`,
      )`systemctl restart -- ${unit.name}`,
      byHand(
        `If it has the group again after that, what starts it gives it the group; the account's own groups are in the output of id.`,
      ),
    ];
  const others = supplementary.filter((name) => name !== group);
  return dropInSteps(input, `Take the group ${visible(group)} from it`, unit.name, '60-swarmkeep-groups', [
    ...(isMain ? ['Group='] : []),
    'SupplementaryGroups=',
    ...(others.length === 0 ? [] : [`SupplementaryGroups=${others.join(' ')}`]),
  ]);
}

/** Takes from a unit the capabilities that it gives its programs (systemd.exec(5), `AmbientCapabilities=`). */
export function withoutCapabilitiesSteps(input: CheckInput, instance: InstanceProfile): FixStep[] {
  const unit = systemUnit(input, instance);
  if (unit === null)
    return [
      byHand(
        'Start mycoSwarm again in a way that gives it no capabilities, best as a systemd unit with an account of its own.',
        true,
      ),
    ];
  return dropInSteps(
    input,
    'Take every capability from it',
    unit.name,
    '60-swarmkeep-capabilities',
    // An empty assignment of the bounding set means none at all.
    ['AmbientCapabilities=', 'CapabilityBoundingSet='],
  );
}
