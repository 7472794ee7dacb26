import { Container, whyNoContainer } from './container.ts';
import type { Guest, Saved } from './guest.ts';
import { ensureImage, whyNoImage } from './image.ts';
import type { Lan } from './lan.ts';
import { VirtualMachine, whyNoVirtualMachine } from './virtual-machine.ts';

/** Kinds of guest: `container` shares this machine's kernel and its speed, `qemu` has its own of both. */
const KINDS = {
  container: { start: Container.start, resume: Container.resume, whyNot: whyNoContainer },
  qemu: { start: VirtualMachine.start, resume: VirtualMachine.resume, whyNot: whyNoVirtualMachine },
} as const;

/** The kind that SWARMKEEP_NODE names; a container where it names none. */
function kind() {
  const { SWARMKEEP_NODE: name = 'container' } = process.env;
  if (name !== 'container' && name !== 'qemu')
    throw new Error(`SWARMKEEP_NODE is "container" or "qemu", not "${name}".`);
  return KINDS[name];
}

/** Why no guest can be started here, in words for a skipped test; null when it can. */
export function whyNoGuest(): string | null {
  return whyNoImage() ?? kind().whyNot();
}

/** Start a guest from the image, which is built the first time. */
export async function startGuest(): Promise<Guest> {
  return kind().start(await ensureImage());
}

/** Go on from what a guest of the same kind has kept, on the port that it had, with its card on this network. */
export async function resumeGuest(saved: Saved, lan: Lan): Promise<Guest> {
  return kind().resume(await ensureImage(), saved, lan);
}
