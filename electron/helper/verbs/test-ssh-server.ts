import { z } from 'zod';
import { mustRun } from '../run/run-program.ts';
import { anyVerb } from './verb.ts';

const nothing = z.strictObject({});

/** `sshd -t` (`test-ssh-server` of the protocol): changes nothing. */
export const testSshServer = anyVerb<'test-ssh-server', z.infer<typeof nothing>, z.infer<typeof nothing>>({
  verb: 'test-ssh-server',
  before: nothing,
  left: nothing,
  untilBoot: true,
  target: () => 'sshd',
  look: (_action, { machine }) => {
    mustRun(machine, { program: 'sshd', arguments: ['-t'] });
    return {};
  },
  perform: () => ({ left: {}, already: true, notUndone: null, output: '' }),
  differences: () => [],
  takeBack: () => 'Nothing was changed.',
});
