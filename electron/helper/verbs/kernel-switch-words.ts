import { asRefused, codeOf, Refused } from '../refused.ts';

/** What the kernel said about a switch: one that it does not have is `not-found`, one that cannot be set `no-permission`. */
export function explainSwitch(thrown: unknown, name: string): Refused {
  const code = codeOf(thrown);
  if (code === 'ENOENT') return new Refused('not-found', `This kernel has no switch ${name}.`);
  if (code === 'EINVAL' || code === 'ERANGE')
    return new Refused('bad-request', `${name} does not take that value.`);
  return asRefused(thrown, name);
}
