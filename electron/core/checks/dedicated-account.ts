import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { Agent, Power } from './agent.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, declaredReason, gapParts, labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { isOfPerson } from './personal.ts';
import { closeSocketSteps, giveToRootSteps, leaveGroupStep, takeRightsSteps } from './power-steps.ts';
import { asRoot, byHand, undoneBy } from './steps.ts';
import { withoutCapabilitiesSteps, withoutGroupSteps } from './unit-power-steps.ts';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

function powerPart(input: CheckInput, agent: Agent, power: Power, ownAccount: () => FixStep[]): Part {
  const node = input.nodeName;
  const what = `${labelOf(input, agent.instance)}${power.what}`;
  const base = { what, seen: power.seen, source: power.source };
  if (power.kind === 'range') return { ...base, status: 'not-applicable' };
  if (power.kind === 'group') {
    const group = power.what.slice(power.what.lastIndexOf(' ') + 1);
    return {
      ...base,
      status: 'fix',
      severity: power.uids.length > 0 ? 'critical' : 'high',
      headline: `The account ${power.account ?? agent.name} on ${node} is in the group ${group}, which gives it more than an agent may have.`,
      steps: isOfPerson(agent)
        ? ownAccount()
        : [
            leaveGroupStep(input, agent, power.account ?? agent.login, group),
            ...(agent.instance.unit === null
              ? []
              : [
                  asRoot(
                    input,
                    'Restart mycoSwarm so that it loses the group',
                  )`systemctl restart -- ${agent.instance.unit}`,
                ]),
          ],
    };
  }
  if (power.kind === 'process-group') {
    const group = power.what.slice(power.what.lastIndexOf(' ') + 1);
    return {
      ...base,
      status: 'fix',
      severity: power.uids.length > 0 ? 'critical' : 'high',
      headline: `mycoSwarm on ${node} runs with the group ${group}, which gives it more than an agent may have.`,
      steps: withoutGroupSteps(input, agent.instance, group),
    };
  }
  if (power.kind === 'capability') {
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `mycoSwarm on ${node} runs with capabilities that make it as good as the administrator.`,
      steps: withoutCapabilitiesSteps(input, agent.instance),
    };
  }
  if (power.kind === 'sudo') {
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `The account ${agent.name} on ${node} has a sudo rule.`,
      steps: isOfPerson(agent)
        ? ownAccount()
        : [
            asRoot(
              input,
              'See where its name stands',
            )`grep -rn -- ${agent.login} /etc/sudoers /etc/sudoers.d`,
            byHand(
              `Take out, with visudo, the rule that names ${agent.name} alone: ${power.what}. Where the rule is that of a group or of everybody, leave it, for it is other people's too; take ${agent.name} out of the group.`,
              true,
            ),
          ],
    };
  }
  if (power.kind === 'doas') {
    const rule = visible(power.what);
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `The account ${agent.name} on ${node} has a rule of doas.`,
      steps: isOfPerson(agent)
        ? ownAccount()
        : [
            asRoot(input, 'See where the rule stands')`grep -n -- ${agent.login} ${power.source}`,
            byHand(
              `Take out of ${visible(power.source)} the rule that names ${visible(agent.name)} alone: ${rule}. Where it is that of a group, leave it and take ${visible(agent.name)} out of the group.`,
              true,
            ),
            asRoot(input, 'Let doas check what is written')`doas -C ${power.source}`,
          ],
    };
  }
  if (power.kind === 'engine') {
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `The agent on ${node} can command a container engine, and with it the whole machine.`,
      steps: [
        ...closeSocketSteps(input, power),
        ...(isOfPerson(agent)
          ? ownAccount()
          : power.group === undefined
            ? []
            : [leaveGroupStep(input, agent, agent.login, power.group)]),
      ],
    };
  }
  return programPart(input, power, base);
}

function programPart(
  input: CheckInput,
  power: Power,
  base: { what: string; seen: string; source: string },
): Part {
  const node = input.nodeName;
  const steps = takeRightsSteps(input, power);
  if (power.concern === 'writable') {
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `The agent on ${node} may change ${power.what}, a program that runs with other rights.`,
      steps: [
        ...giveToRootSteps(input, power),
        byHand('Install its package again: what it does may have been changed already.', true),
        ...steps,
      ],
    };
  }
  if (power.concern === 'obeys') {
    return {
      ...base,
      status: 'fix',
      severity: 'critical',
      headline: `The agent on ${node} can become another account through ${power.what}.`,
      steps,
    };
  }
  return {
    ...base,
    status: 'review',
    severity: 'medium',
    headline:
      power.concern === 'unusual'
        ? `A program on ${node} with rights of its own is not one of the usual ones, and the agent may start it: ${power.what}.`
        : `A program on ${node} that is not from the system runs with other rights, and the agent may start it.`,
    steps,
  };
}

/**
 * What every entry of the account has a part in: what the agent can become, by groups, programs and rules.
 * @param ownAccount steps for what may not be taken from the account, because a person needs it
 */
export function powerParts(input: CheckInput, agent: Agent, ownAccount: () => FixStep[]): Part[] {
  const parts = agent.powers.map((power) => powerPart(input, agent, power, ownAccount));
  const groups = agent.groupNames;
  if (groups.length > 0 && !agent.powers.some((power) => /group$/.test(power.kind))) {
    parts.push({
      what: `${labelOf(input, agent.instance)}${agent.name}: groups ${groups.join(', ')}`,
      seen: 'none of them gives more',
      status: 'pass',
      source: sourceOf(input, 'accounts'),
    });
  }
  return parts;
}

/** What a person leaves behind counts as meant when the operator has declared the account; nothing else does. */
function personal(input: CheckInput, account: AccountFact, part: Part): Part {
  const reason = declaredReason(input, 'account', account.name);
  if (reason === null) return { ...part, declarable: { kind: 'account', value: account.name } };
  return {
    ...part,
    status: 'pass',
    seen: `${part.seen}; declared: ${reason}`,
    declared: `account ${account.name}: ${reason}`,
  };
}

function homePart(input: CheckInput, agent: Agent, account: AccountFact, ownAccount: () => FixStep[]): Part {
  const node = input.nodeName;
  const home = account.homeDirectory;
  const source = sourceOf(input, 'accounts');
  const label = labelOf(input, agent.instance);
  if (home === null)
    return notSeen(
      input,
      `${label}${account.home}`,
      'its permissions could not be read',
      source,
      AS_ADMINISTRATOR,
    );
  const what = `${label}${account.home}, mode ${octal(home.mode)}`;
  const shared = (seen(input, 'accounts')?.accounts ?? []).filter(
    (other) => other.uid !== account.uid && other.uid !== 0 && other.gid === home.gid,
  );
  const groups = seen(input, 'accounts')?.groups ?? null;
  const named = groups?.filter((entry) => entry.gid === home.gid) ?? [];
  const [group] = named;
  const members = named.flatMap((entry) => entry.members).filter((member) => member !== account.name);
  const openToOthers = (home.mode & 0o007) !== 0;
  const openToGroup = (home.mode & 0o070) !== 0 && (shared.length > 0 || members.length > 0);
  if (openToOthers || openToGroup) {
    return {
      what,
      seen: openToOthers
        ? 'open to every account of the node'
        : `open to the group ${group?.name ?? home.gid}`,
      status: 'fix',
      severity: 'medium',
      source,
      headline: `The home of the account of mycoSwarm on ${node} is open to other accounts.`,
      // Bits for others only where that is enough: a home that root owns must stay open to the account's own group.
      steps: isOfPerson(agent)
        ? ownAccount()
        : [
            openToGroup
              ? undoneBy(
                  asRoot(
                    input,
                    `Close ${visible(account.home)} to its group and to others`,
                  )`chmod go-rwx -- ${account.home}`,
                  [asRoot(input, 'Back')`chmod ${octal(home.mode)} -- ${account.home}`],
                )
              : undoneBy(
                  asRoot(input, `Close ${visible(account.home)} to others`)`chmod o-rwx -- ${account.home}`,
                  [asRoot(input, 'Back')`chmod ${octal(home.mode)} -- ${account.home}`],
                ),
          ],
    };
  }
  if ((home.mode & 0o070) !== 0 && groups === null) {
    return notSeen(
      input,
      what,
      'open to its group, whose members are not known, for the table of groups (getent group) could not be read',
      source,
      'look again',
    );
  }
  if (home.acl === null)
    return notSeen(
      input,
      what,
      'its access list could not be read, for getfacl is not installed there or its file system has none',
      source,
      'install the package acl',
    );
  if (home.acl) {
    return {
      what,
      seen: 'closed by its mode, with an access list that may open it',
      status: 'review',
      severity: 'medium',
      source,
      headline: `The home of mycoSwarm on ${node} has an access list.`,
      steps: isOfPerson(agent)
        ? ownAccount()
        : [asRoot(input, 'Take the access list away')`setfacl -b -- ${account.home}`],
    };
  }
  return { what, seen: 'closed to others', status: 'pass', source };
}

/** What one name of an account itself says: sudo, password, sessions, keys, traces of a person, home. */
export function accountParts(
  input: CheckInput,
  agent: Agent,
  account: AccountFact,
  ownAccount: () => FixStep[],
): Part[] {
  const node = input.nodeName;
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'accounts');
  const parts: Part[] = [];
  const name = account.name;
  if (account.sudoRules?.length === 0) {
    parts.push({
      what: `${label}sudo rules for ${name}`,
      seen: 'none',
      status: 'pass',
      source: '/etc/sudoers',
    });
  }
  const password = { what: `${label}password of ${name}`, source: '/etc/shadow' };
  if (account.password === 'unknown')
    parts.push(
      notSeen(input, password.what, '/etc/shadow could not be read', password.source, AS_ADMINISTRATOR),
    );
  else if (account.password === 'locked')
    parts.push({ ...password, seen: 'none, no password can match', status: 'pass' });
  else {
    parts.push({
      ...password,
      seen: account.password === 'empty' ? 'empty, anyone can log in' : 'set, so somebody can log in with it',
      status: 'fix',
      severity: account.password === 'empty' ? 'critical' : 'medium',
      headline: `The account ${name} on ${node} has ${account.password === 'empty' ? 'an empty' : 'a'} password.`,
      steps: isOfPerson(agent)
        ? ownAccount()
        : [
            // An empty password is what nobody should come back to, and passwd(1) refuses to.
            undoneBy(
              asRoot(input, 'Lock the password; mycoSwarm does not need one')`passwd -l -- ${name}`,
              account.password === 'set' ? [asRoot(input, 'Back')`passwd -u -- ${name}`] : [],
            ),
          ],
    });
  }
  const isUsed = (what: string, seenThere: string): Part =>
    personal(input, account, {
      what: `${label}${what}`,
      seen: seenThere,
      status: 'fix',
      severity: 'high',
      source,
      headline: `mycoSwarm on ${node} runs under the account of a person, ${name}.`,
      steps: ownAccount(),
    });
  if (account.sessions > 0) {
    parts.push(
      isUsed(`sessions of ${name}`, `${account.sessions} open now: somebody works with this account`),
    );
  } else parts.push({ what: `${label}sessions of ${name}`, seen: 'none', status: 'pass', source });
  if (account.authorizedKeys === null) {
    parts.push(
      notSeen(
        input,
        `${label}authorized keys of ${name}`,
        'the files with its keys could not be read',
        source,
        AS_ADMINISTRATOR,
      ),
    );
  } else if (account.authorizedKeys > 0) {
    parts.push(
      isUsed(`authorized keys of ${name}`, `${account.authorizedKeys}: somebody can log in over SSH`),
    );
  } else parts.push({ what: `${label}authorized keys of ${name}`, seen: 'none', status: 'pass', source });
  for (const trace of account.personalTraces)
    parts.push(isUsed(trace, 'a thing of a person, in reach of the agent'));
  // What of a person lies in a home that is closed to the look cannot be named.
  parts.push(...gapParts(input, 'accounts', (what) => what === `home ${account.home}`));
  parts.push(homePart(input, agent, account, ownAccount));
  return parts;
}
