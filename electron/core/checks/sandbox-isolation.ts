import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf, unitOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import {
  APPARMOR_DROP_IN,
  APPARMOR_LINES,
  APPARMOR_PROFILE,
  apparmorLines,
  NAMESPACE_LINES,
  NAMESPACES_DROP_IN,
  NAMESPACES_SYSCTL,
} from './sandbox-lines.ts';
import { asRoot, dropInSteps, undoneBy, writeFileStep } from './steps.ts';

/** What forbids isolation: the unit, a missing program, or a switch of the kernel. */
export type IsolationCause =
  | 'unit'
  | 'unshare'
  | 'user.max_user_namespaces'
  | 'kernel.unprivileged_userns_clone';

/** Why `unshare -rn` cannot work here, as far as switches of the system say; null when none forbids it for certain. */
export function forbiddenBy(
  input: CheckInput,
  instance: InstanceProfile,
): { what: string; cause: IsolationCause; steps: Part['steps'] } | null {
  const facts = seen(input, 'sandbox');
  const unit = unitOf(input, instance);
  const restricts = unit === null || unit === 'unseen' ? '' : (unit.properties.RestrictNamespaces ?? '');
  // `yes` allows no namespace; a list names those that stay allowed (systemd.exec(5)).
  const forbidsNetwork =
    restricts === 'yes' ||
    (/^[a-z ]+$/.test(restricts) &&
      restricts !== 'no' &&
      !(restricts.includes('user') && restricts.includes('net')));
  if (instance.unit !== null && forbidsNetwork) {
    return {
      what: `${instance.unit}: RestrictNamespaces=${restricts}`,
      cause: 'unit',
      steps: dropInSteps(
        input,
        'Let it make the namespaces that it isolates code with',
        instance.unit,
        NAMESPACES_DROP_IN,
        NAMESPACE_LINES,
      ),
    };
  }
  if (facts === null) return null;
  if (facts.unshareInstalled === false) {
    return {
      what: 'unshare is not installed',
      cause: 'unshare',
      steps: [asRoot(input, 'Install it')`apt-get install -- util-linux`],
    };
  }
  if (facts.maxUserNamespaces === 0) {
    return {
      what: 'user.max_user_namespaces = 0',
      cause: 'user.max_user_namespaces',
      steps: [
        writeFileStep(input, 'Allow user namespaces', NAMESPACES_SYSCTL, ['user.max_user_namespaces = 4096']),
        undoneBy(asRoot(input, 'Let the kernel read it')`sysctl --system`, [
          asRoot(input, 'Back')`sysctl -w user.max_user_namespaces=0`,
        ]),
      ],
    };
  }
  if (facts.unprivilegedUserNamespaces === false) {
    return {
      what: 'kernel.unprivileged_userns_clone = 0',
      cause: 'kernel.unprivileged_userns_clone',
      steps: [
        writeFileStep(input, 'Allow user namespaces', NAMESPACES_SYSCTL, [
          'kernel.unprivileged_userns_clone = 1',
        ]),
        undoneBy(asRoot(input, 'Let the kernel read it')`sysctl --system`, [
          asRoot(input, 'Back')`sysctl -w kernel.unprivileged_userns_clone=0`,
        ]),
      ],
    };
  }
  return null;
}

/** Steps that write and load such a profile. */
function apparmorSteps(input: CheckInput, instance: InstanceProfile): NonNullable<Part['steps']> {
  return [
    writeFileStep(
      input,
      'Allow namespaces to the Python of mycoSwarm and to unshare started by it',
      APPARMOR_PROFILE,
      apparmorLines(instance),
    ),
    undoneBy(asRoot(input, 'Load the profile')`apparmor_parser -r -- /etc/apparmor.d/swarmkeep-mycoswarm`, [
      asRoot(input, 'Back')`apparmor_parser -R -- /etc/apparmor.d/swarmkeep-mycoswarm`,
    ]),
    ...(instance.unit === null
      ? []
      : dropInSteps(input, 'Run mycoSwarm in that profile', instance.unit, APPARMOR_DROP_IN, APPARMOR_LINES)),
  ];
}

/**
 * Whether code that agents write still runs isolated: mycoSwarm starts it with `unshare -rn`, and where that is refused
 * it runs the code all the same, with the network, and says so only in one line of the journal.
 */
export function isolationParts(input: CheckInput, instance: InstanceProfile): Part[] {
  const node = input.nodeName;
  const label = labelOf(input, instance);
  const source = sourceOf(input, 'sandbox');
  const facts = seen(input, 'sandbox');
  const tried = facts?.instances.find((entry) => entry.instance === instance.id);
  const forbidden = forbiddenBy(input, instance);
  const headline = `Code that agents on ${node} write runs without isolation, and mycoSwarm does not say so.`;
  const parts: Part[] = [];
  if (tried?.unshare === 'refused' || forbidden !== null) {
    parts.push({
      what: `${label}code started without a network (unshare -rn) as ${instance.user ?? `uid ${instance.uid ?? '?'}`}${forbidden === null ? '' : `; ${forbidden.what}`}`,
      seen: 'refused: code of agents keeps the network',
      status: 'fix',
      severity: 'critical',
      source,
      raw: tried?.detail ?? null,
      headline,
      steps:
        forbidden?.steps ??
        (facts?.apparmorRestrictsUserNamespaces === true
          ? apparmorSteps(input, instance)
          : [
              asRoot(
                input,
                'See which switch forbids it',
              )`sysctl user.max_user_namespaces kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns`,
            ]),
    });
  } else if (tried?.unshare === 'works') {
    parts.push({
      what: `${label}code started without a network (unshare -rn) as ${instance.user ?? `uid ${instance.uid ?? '?'}`}`,
      seen: 'works: code of agents has no network',
      status: 'pass',
      source,
      raw: tried.detail,
    });
  } else {
    parts.push(
      unseenPart(input, 'sandbox') ??
        notSeen(
          input,
          `${label}code started without a network (unshare -rn)`,
          `not tried: ${tried?.detail ?? 'no answer'}`,
          source,
          AS_ADMINISTRATOR,
        ),
    );
  }
  const mycoswarm = seen(input, 'mycoswarm');
  const lines = mycoswarm?.notIsolatedLines ?? null;
  const journal = {
    what: `${label}code that ran without isolation since the start (net_isolated=False in the journal)`,
    source: sourceOf(input, 'mycoswarm'),
  };
  if (mycoswarm === null) {
    const hidden = unseenPart(input, 'mycoswarm');
    if (hidden !== null) parts.push(hidden);
  } else if (lines === null) {
    parts.push(
      notSeen(input, journal.what, 'the journal could not be read', journal.source, AS_ADMINISTRATOR),
    );
  } else if (lines > 0) {
    parts.push({
      ...journal,
      seen: `${lines} times: code ran with the network on`,
      status: 'fix',
      severity: 'critical',
      headline,
      steps:
        instance.unit === null
          ? [asRoot(input, 'See the lines')`journalctl -g net_isolated=False`]
          : [
              asRoot(input, 'See the lines')`journalctl -u ${instance.unit} -g net_isolated=False`,
              asRoot(
                input,
                'Once isolation works, restart mycoSwarm; the count begins anew',
              )`systemctl restart -- ${instance.unit}`,
            ],
    });
  } else parts.push({ ...journal, seen: 'never', status: 'pass' });
  return parts;
}
