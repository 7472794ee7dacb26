import { ConsoleError } from '#core/console/service.ts';
import { makeKit } from '#core/incidents/rebuild/make-kit.ts';
import type { NodeNow, Rebuilding } from '#core/incidents/rebuild/rebuilding.ts';
import type { KitProposal, RebuildWish } from '#shared/domain/incident/rebuild.ts';
import type { NodeBefore } from '#shared/domain/incident/rebuild-state.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { Rotations } from '../rotation-outcome.ts';

/** Key that the node has before, and the one that it shows when it was set up anew, with its code. */
export const OLD_KEY = `SHA256:${'o'.repeat(43)}`;
export const NEW_KEY = `SHA256:${'n'.repeat(43)}`;
export const CODE = '1a2b-3c4d-5e6f-7081';

/** Setting nodes up anew without any: what is true of the node is set by whoever tests. */
export class FakeRebuilding implements Rebuilding {
  keys: string[] = [OLD_KEY];
  is: Omit<NodeNow, 'hostKeys'> = {
    nodeId: 'aaaa1111',
    level: 2,
    findings: {},
    lookedAt: null,
    secret: null,
    baselineAt: null,
  };
  was: Omit<NodeBefore, 'at' | 'hostKeys' | 'nodeId'> = {
    level: 2,
    findings: { 'dedicated-user': 'pass', 'outbound-firewall': 'pass', 'sandbox-mode': 'fix' },
  };
  /** Codes of keys that machines at its address show. */
  shows: Record<string, string> = { [CODE]: NEW_KEY };
  wish: Partial<KitProposal> = {};
  lacksLock = false;
  met: (string | null)[] = [];

  before = async (_node: string, at: string) => ({ at, hostKeys: [...this.keys], nodeId: null, ...this.was });
  nodeId = async () => this.is.nodeId;
  now = async (): Promise<NodeNow> => ({ hostKeys: [...this.keys], ...this.is });
  proposal = async (): Promise<KitProposal> => ({
    address: '10.0.0.12 port 22',
    hostName: 'naru',
    account: 'ines',
    keys: [
      {
        from: '/home/ines/.ssh/id_ed25519.pub',
        key: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'K'.repeat(43)} ines@desk`,
      },
    ],
    ...this.wish,
  });
  kit = async (wish: RebuildWish) =>
    makeKit({
      wish,
      nodeName: wish.node,
      port: 7_890,
      peers: [{ version: 4, address: '10.0.0.11' }],
      lock: this.lacksLock
        ? null
        : {
            text: `mycoswarm==0.2.16 --hash=sha256:${'a'.repeat(64)}\n`,
            hashed: 1,
            unhashed: [],
            left: [],
            command: null,
          },
      version: '0.2.16',
      instance: 'f'.repeat(32),
    });
  async meet(_node: string, code: string, account: string | null): Promise<string> {
    const key = this.shows[code.toLowerCase()];
    if (key === undefined)
      throw new ConsoleError('NOT_ALLOWED', 'The machine that answers has no host key with this code.', {
        untouched: 'Nothing was changed, and nobody logged in there.',
        next: 'Read the code at its screen once more.',
      });
    this.keys = [key];
    this.met.push(account);
    return key;
  }

  /** All that the gate asks for, seen at an instant. */
  pass(at: string): void {
    const fine = { 'dedicated-user': 'pass', 'outbound-firewall': 'pass', 'sandbox-mode': 'fix' } as const;
    this.is = {
      nodeId: 'bbbb2222',
      level: 2,
      findings: { ...fine, 'dependency-audit': 'pass', 'plugin-inventory': 'pass' },
      lookedAt: at,
      secret: { isInForce: true, provenAt: at },
      baselineAt: at,
    };
  }
}

/** Rotations that somebody else makes. */
export class FakeRotations implements Rotations {
  runs: RotationRun[] = [];
  readonly #listeners = new Set<() => void>();
  list = async () => this.runs;
  onChange = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  /** One more, as it is told by the engine of rotations. */
  tell(run: RotationRun): void {
    this.runs = [run, ...this.runs.filter(({ id }) => id !== run.id)];
    for (const listener of this.#listeners) listener();
  }
}

/** @returns a rotation that is finished, of the nodes that are named */
export function aRotation(fields: Partial<RotationRun> & { names?: string[] } = {}): RotationRun {
  const { names = ['miu', 'boa'], ...rest } = fields;
  const at = rest.startedAt ?? '2026-11-22T23:30:00.000Z';
  return {
    id: 'd'.repeat(32),
    hash: 'e'.repeat(64),
    purpose: 'rotate',
    emergency: true,
    title: 'A new secret for the swarm',
    stage: 'done',
    startedAt: at,
    endedAt: at,
    nodes: names.map((name) => ({
      node: name,
      name,
      part: 'rotates',
      state: 'verified',
      message: null,
      stagedAt: at,
      committedAt: at,
      acceptsSince: at,
      verifiedAt: at,
      oldRefused: true,
      newProven: true,
      skewMs: 0,
    })),
    strangers: [],
    restartsAt: at,
    split: null,
    waits: null,
    sentence: 'Both nodes have a new secret.',
    error: null,
    canAbort: false,
    canResume: false,
    ...rest,
  } as RotationRun;
}
