import { z } from 'zod';
import { needSystemd, systemctl } from './systemctl.ts';
import { anyVerb } from './verb.ts';

const nothing = z.strictObject({});

/** systemctl daemon-reload (`reread-units` of the protocol). Its undo is the same. */
export const rereadUnits = anyVerb<'reread-units', z.infer<typeof nothing>, z.infer<typeof nothing>>({
  verb: 'reread-units',
  before: nothing,
  left: nothing,
  target: () => 'systemd',
  look: (_action, { machine }) => {
    needSystemd(machine);
    return {};
  },
  perform: (_action, _before, { machine }) => {
    systemctl(machine, 'daemon-reload');
    return { left: {}, already: false, notUndone: null, output: '' };
  },
  differences: () => [],
  takeBack: (_before, _left, { machine }) => {
    systemctl(machine, 'daemon-reload');
    return 'systemd read its units again.';
  },
});
