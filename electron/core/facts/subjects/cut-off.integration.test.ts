import { expect, it } from 'vitest';
import type { AnyCollector } from '../collectors.ts';
import type { HintCollector } from '../profile/hints.ts';
import { installationsCollector } from '../profile/installations.ts';
import { gapsWhere } from '../testing/gaps-where.ts';
import type { Disturbance } from '../testing/stand-in.ts';
import { interfacesCollector } from './interfaces.ts';
import { socketsCollector } from './sockets.ts';
import { sshServerCollector } from './ssh-server.ts';

it.for<[AnyCollector | HintCollector, string, Disturbance, string]>([
  [interfacesCollector, 'ip', 'fails', 'routes'],
  [socketsCollector, 'find', 'tells-half', 'processes behind sockets'],
  [socketsCollector, 'grep', 'tells-half', 'names of processes behind sockets'],
  [sshServerCollector, 'sshd', 'tells-half', 'effective settings of the SSH server'],
  [installationsCollector, 'find', 'fails', 'installations of mycoSwarm'],
])('takes half of what it looked at for no whole: %#', ([collector, program, how, what], context) => {
  const gaps = gapsWhere(collector, program, how);
  if (gaps === null) context.skip(`needs ${program}`);
  expect(gaps).toContain(what);
});
