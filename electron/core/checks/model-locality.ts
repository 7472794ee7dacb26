import { askOutboundOnce } from './ask-once.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude, doesNotApply } from './conclude.ts';
import { declaredReason, gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { reachOf } from './lan.ts';
import { isKeptHome } from './outbound-unit.ts';
import { rulesOf } from './packet-rules.ts';
import type { Part } from './part.ts';
import { doorParts } from './reach.ts';
import { ollamaFenceSteps } from './relay-parts.ts';
import { ollamaDoors, ollamaSteps } from './service-bindings.ts';
import { asUser, byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

function modelParts(input: CheckInput): Part[] {
  const ollama = seen(input, 'ollama');
  const source = sourceOf(input, 'ollama');
  if (ollama === null) return [];
  return ollama.models.map((model): Part => {
    // Ollama marks models that run on its own servers by their host, and by this ending of the tag.
    const isRemote = model.remoteHost !== null || /(:|-)cloud$/.test(model.name);
    if (!isRemote) return { what: model.name, seen: 'runs here', status: 'pass', source };
    const what = `${model.name}${model.remoteHost === null ? '' : ` at ${model.remoteHost}`}`;
    const reason = declaredReason(input, 'remote-model', model.name);
    if (reason !== null)
      return {
        what,
        seen: `runs elsewhere, declared: ${reason}`,
        status: 'pass',
        source,
        declared: `model ${model.name}: ${reason}`,
      };
    return {
      what,
      seen: 'runs elsewhere: every question goes there',
      status: 'fix',
      severity: 'high',
      source,
      headline: `The model ${model.name} on ${input.nodeName} does not run at home.`,
      declarable: { kind: 'remote-model', value: model.name },
      steps: [
        asUser('Remove the model')`ollama rm -- ${model.name}`,
        byHand('If it is meant, declare it in Swarmkeep with the reason.'),
      ],
    };
  });
}

/** Whether the agent can have the model server fetch or push something for it: a way out in another's name. */
function relayPart(input: CheckInput): Part {
  const ollama = seen(input, 'ollama');
  const source = sourceOf(input, 'ollama');
  const what = 'pulls and pushes that the agent orders from Ollama';
  if (ollama === null || ollama.agentReaches === null)
    return notSeen(
      input,
      what,
      'whether the agent reaches Ollama was not tried',
      source,
      'look at this node as administrator',
    );
  if (!ollama.agentReaches) return { what, seen: 'the agent does not reach Ollama', status: 'pass', source };
  const reason = declaredReason(input, 'relay', 'ollama');
  if (reason !== null)
    return {
      what,
      seen: `possible, declared: ${reason}`,
      status: 'pass',
      source,
      declared: `relay ollama: ${reason}`,
    };
  const units = seen(input, 'units')?.units;
  if (isKeptHome(units?.find((entry) => entry.name === 'ollama.service')))
    return {
      what,
      seen: 'Ollama itself is fenced in by its unit, with IPAddressDeny=',
      status: 'pass',
      source: sourceOf(input, 'units'),
    };
  const declarable = { kind: 'relay' as const, value: 'ollama' };
  const unknown = (why: string): Part => ({
    ...notSeen(
      input,
      what,
      `the agent reaches Ollama; ${why}`,
      source,
      'fence Ollama in with IPAddressDeny= in its unit, or declare it as meant',
    ),
    declarable,
  });
  const rules = rulesOf(input);
  if (units === undefined || ollama.uid === null || !rules.ok)
    return unknown(
      'whether anything keeps Ollama from the internet is not known, for its unit or the packet rules were not seen',
    );
  const uid = BigInt(ollama.uid);
  const sender = { uids: [[uid, uid]] as const, uid, gid: undefined };
  const kinds = ([4, 6] as const).map((version) => askOutboundOnce(rules.rules, version, sender).kind);
  if (!kinds.includes('open') && kinds.includes('unknown'))
    return unknown('whether the packet rules keep Ollama from the internet cannot be told');
  if (!kinds.includes('open'))
    return {
      what,
      seen: `Ollama itself is fenced in by packet rules for its account, uid ${uid}`,
      status: 'pass',
      source: sourceOf(input, 'firewall'),
    };
  return {
    what,
    seen: 'nothing stops Ollama from fetching and pushing for the agent',
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The agent on ${input.nodeName} can send data out through Ollama.`,
    declarable,
    steps: ollamaFenceSteps(input),
  };
}

/** Models run here, the model server answers at home only, and fetches nothing for the agent. */
export const modelLocality: Check = {
  id: 'model-locality',
  run(input) {
    const absent = withoutMycoswarm('model-locality', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const hidden = [unseenPart(input, 'ollama'), unseenPart(input, 'sockets')].filter(
      (part) => part !== null,
    );
    const ollama = seen(input, 'ollama');
    const doors = ollamaDoors(input);
    if (
      ollama !== null &&
      !ollama.installed &&
      !ollama.running &&
      doors.length === 0 &&
      hidden.length === 0
    ) {
      return doesNotApply(
        'model-locality',
        input,
        `There is no model server on ${node}.`,
        'Installing Ollama on this node would change this.',
      );
    }
    const parts: Part[] = [
      ...hidden,
      ...modelParts(input),
      ...doors.flatMap((door) => doorParts(input, door)),
    ];
    // What it is told to listen on counts too while it does not run, and when its socket was not seen.
    if (ollama?.host && doors.length === 0) {
      const host = ollama.host
        .replace(/^https?:\/\//, '')
        .replace(/:\d+$/, '')
        .replace(/^\[(.*)\]$/, '$1');
      const isOpen = reachOf(host) === 'every' || reachOf(host) === 'public';
      parts.push(
        isOpen
          ? {
              what: `OLLAMA_HOST=${ollama.host}`,
              seen: 'every address, at the next start',
              status: 'review',
              severity: 'medium',
              source: sourceOf(input, 'ollama'),
              headline: `Ollama on ${node} is set to answer on every address.`,
              steps: ollamaSteps(input),
            }
          : {
              what: `OLLAMA_HOST=${ollama.host}`,
              seen: 'not every address',
              status: 'not-applicable',
              source: sourceOf(input, 'ollama'),
            },
      );
    }
    if (ollama?.running) parts.push(relayPart(input));
    else if (ollama !== null)
      parts.push(
        notSeen(
          input,
          'Ollama',
          'not running, so its models and addresses could not be seen',
          sourceOf(input, 'ollama'),
          'start Ollama and look again',
        ),
      );
    if (ollama?.origins === '*')
      parts.push({
        what: 'OLLAMA_ORIGINS=*',
        seen: 'any web page in a browser at home may use it',
        status: 'not-applicable',
        source: sourceOf(input, 'ollama'),
      });
    parts.push(...gapParts(input, 'ollama'));
    return conclude('model-locality', input, parts, {
      pass: `The models on ${node} run here, and only this house uses them.`,
      detail: { fix: 'Local means that what you ask stays with you.' },
      wouldChange: {
        pass: 'A model that runs elsewhere, or Ollama on more addresses, would change this.',
        otherwise: 'Local models only, and Ollama on this machine without a way out, would make this fine.',
      },
    });
  },
};
