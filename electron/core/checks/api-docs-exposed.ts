import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { labelOf, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

const DOCUMENTS = ['/openapi.json', '/docs', '/redoc'] as const;

/** The service does not describe itself to whoever asks without the swarm secret. */
export const apiDocsExposed: Check = {
  id: 'api-docs-exposed',
  run(input) {
    const absent = withoutMycoswarm('api-docs-exposed', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const source = sourceOf(input, 'mycoswarm');
    const hidden = unseenPart(input, 'mycoswarm');
    const parts: Part[] = hidden === null ? [] : [hidden];
    const probes = seen(input, 'mycoswarm')?.probes ?? [];
    for (const instance of hidden === null ? input.facts.profile.instances : []) {
      const label = labelOf(input, instance);
      for (const path of DOCUMENTS) {
        const probe = probes.find(
          (entry) => entry.instance === instance.id && entry.service === 'api' && entry.path === path,
        );
        const status = probe?.status ?? null;
        const what = `${label}GET ${path} without a secret: ${status ?? probe?.error ?? 'not asked'}`;
        if (status !== null && status >= 200 && status < 300) {
          parts.push({
            what,
            seen: 'answered to anyone',
            status: 'fix',
            severity: 'low',
            source,
            headline: `mycoSwarm on ${node} describes itself to anyone who asks.`,
            steps: [
              byHand(
                'No setting of mycoSwarm 0.2.16 turns this off, and nothing on this node alone can: ask its makers to serve these pages only with the swarm secret.',
              ),
              byHand('Until then, let only the nodes of the swarm reach the port; see "Service addresses".'),
            ],
          });
        } else if (status === 401 || status === 403 || status === 404)
          parts.push({ what, seen: 'refused', status: 'pass', source });
        else parts.push(notSeen(input, what, 'no clear answer', source, 'start mycoSwarm and look again'));
      }
    }
    return conclude('api-docs-exposed', input, parts, {
      pass: `mycoSwarm on ${node} does not describe itself to strangers.`,
      detail: {
        fix: 'It is a floor plan, not an open door: every other request still asks for the secret. A stock mycoSwarm fails this, and no change on the node alone can mend it.',
      },
      wouldChange: {
        pass: 'A version that answers these pages without a secret would change this.',
        otherwise: 'A mycoSwarm that refuses these pages without the secret would make this fine.',
      },
    });
  },
};
