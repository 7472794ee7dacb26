import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { anyVerb } from './verb.ts';

const before = z.strictObject({ interface: interfaceName, up: z.boolean() });
const left = z.strictObject({ up: z.boolean() });

/** IFF_UP of netdevice(7), read from sysfs. */
function isUp(name: string): boolean {
  try {
    const flags = Number(readFileSync(`/sys/class/net/${name}/flags`, 'latin1').trim());
    if (Number.isInteger(flags)) return (flags & 1) === 1;
  } catch {
    // Said below.
  }
  throw new Refused('not-found', `There is no interface ${name} on this node.`);
}

function set(machine: Machine, name: string, up: boolean): void {
  mustRun(machine, { program: 'ip', arguments: ['link', 'set', 'dev', name, up ? 'up' : 'down'] });
}

const words = (up: boolean) => (up ? 'up' : 'down');

/** An interface up or down now (`set-link` of the protocol). */
export const setLink = anyVerb<'set-link', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'set-link',
  firstBack: true,
  before,
  left,
  untilBoot: true,
  target: (action) => action.interface,
  look: (action) => ({ interface: action.interface, up: isUp(action.interface) }),
  perform: ({ up }, kept, { machine }) => {
    const already = kept.up === up && isUp(kept.interface) === up;
    if (!already) set(machine, kept.interface, up);
    const notUndone =
      up || already
        ? null
        : `Routes and automatic addresses of ${kept.interface} come back when the network is set up anew, not by undo.`;
    return { left: { up: isUp(kept.interface) }, already, notUndone, output: '' };
  },
  differences: (kept, leftThere) => {
    const up = isUp(kept.interface);
    if (leftThere === null || up === kept.up || up === leftThere.up) return [];
    return [{ path: kept.interface, what: 'state', left: words(leftThere.up), now: words(up) }];
  },
  takeBack: (kept, _left, { machine }) => {
    if (isUp(kept.interface) !== kept.up) set(machine, kept.interface, kept.up);
    return `${kept.interface} is ${words(kept.up)} again.`;
  },
});
