import type { Check, CheckInput } from './check.ts';
import { conclude, doesNotApply } from './conclude.ts';
import { declaredReason, gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { reachOf } from './lan.ts';
import { noPacketRules } from './packet-rules.ts';
import type { Part } from './part.ts';
import { doorParts } from './reach.ts';
import { ollamaDoors, ollamaSteps } from './service-bindings.ts';
import { asUser, byHand, dropInSteps } from './steps.ts';
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

/** A fence of systemd around the model server: nothing allowed but loopback and the home network (systemd.resource-control(5)). */
function isFenced(input: CheckInput): boolean {
  const unit = seen(input, 'units')?.units.find((entry) => entry.name === 'ollama.service');
  if (unit === undefined) return false;
  const deny = (unit.properties.IPAddressDeny ?? '').split(/\s+/);
  const deniesAll = ['0.0.0.0/0', '::/0'].every((network) => deny.includes(network)) || deny.includes('any');
  const allow = (unit.properties.IPAddressAllow ?? '').split(/\s+/).filter((network) => network !== '');
  return (
    deniesAll &&
    allow.every((network) => {
      const [address = '', length = ''] = network.split('/');
      const isWhole = length === '' || Number(length) >= (address.includes(':') ? 7 : 8);
      const reach = reachOf(address);
      return isWhole && (reach === 'loopback' || reach === 'lan');
    })
  );
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
  if (isFenced(input))
    return {
      what,
      seen: 'Ollama itself is fenced in by its unit, with IPAddressDeny=',
      status: 'pass',
      source: sourceOf(input, 'units'),
    };
  const none = noPacketRules(input);
  const declarable = { kind: 'relay' as const, value: 'ollama' };
  if (none !== true || seen(input, 'units') === null) {
    return {
      ...notSeen(
        input,
        what,
        'the agent reaches Ollama; whether Ollama reaches the internet hangs on packet rules, which this version does not evaluate yet',
        source,
        'fence Ollama in with IPAddressDeny= in its unit, or declare it as meant',
      ),
      declarable,
    };
  }
  return {
    what,
    seen: 'nothing stops Ollama from fetching and pushing for the agent',
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The agent on ${input.nodeName} can send data out through Ollama.`,
    declarable,
    steps: [
      ...dropInSteps(
        input,
        'Let Ollama talk to this machine and the home network only',
        'ollama.service',
        '60-swarmkeep-network',
        [
          'IPAddressDeny=any',
          'IPAddressAllow=localhost',
          'IPAddressAllow=10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 fe80::/10 fc00::/7',
        ],
      ),
      byHand('To fetch a model later, take these lines out for that time.'),
    ],
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
