import type { StoredRotation, StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { RotationParts } from './parts.ts';

const AT_REST: ReadonlySet<StoredRotation['stage']> = new Set(['done', 'aborted']);

/** One rotation with its journal: what it says was made durable before it is believed. */
export class RotationJournal {
  readonly #parts: RotationParts;
  #rotation: StoredRotation;
  #writing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

  constructor(parts: RotationParts, rotation: StoredRotation) {
    this.#parts = parts;
    this.#rotation = rotation;
  }

  get rotation(): StoredRotation {
    return this.#rotation;
  }

  node(id: string): StoredRotationNode {
    const found = this.#rotation.nodes.find((node) => node.node === id);
    if (found === undefined) throw new RangeError(`No node ${id} in this rotation`);
    return found;
  }

  /** Reaches a stage; `done` and `aborted` end it. */
  async to(stage: StoredRotation['stage'], fields: Partial<StoredRotation> = {}): Promise<void> {
    await this.#parts.fault?.(`before ${stage}`);
    const endedAt = AT_REST.has(stage) ? this.now() : this.#rotation.endedAt;
    const written = this.#set({ ...fields, stage, endedAt });
    await this.#parts.fault?.(`torn ${stage}`);
    await written;
    await this.#parts.fault?.(`after ${stage}`);
    this.#parts.told(this.#rotation, { kind: 'stage' });
  }

  /** Writes what is not a stage. */
  async set(fields: Partial<StoredRotation>): Promise<void> {
    await this.#set(fields);
  }

  /** Writes how far one node is. What is written for several at once is one write. */
  async mark(id: string, fields: Partial<StoredRotationNode>): Promise<void> {
    const before = this.node(id);
    const nodes = this.#rotation.nodes.map((node) => (node === before ? { ...node, ...fields } : node));
    const point = fields.state === undefined || fields.state === before.state ? null : `node ${fields.state}`;
    if (point !== null) await this.#parts.fault?.(`before ${point}`);
    const written = this.#set({ nodes: this.#merge(nodes, id) });
    if (point !== null) await this.#parts.fault?.(`torn ${point}`);
    await written;
    if (point === null) return;
    await this.#parts.fault?.(`after ${point}`);
    if (['verified', 'away', 'removed', 'taken-back', 'superseded'].includes(fields.state ?? ''))
      this.#parts.told(this.#rotation, { kind: 'node', node: id });
  }

  now(): string {
    return this.#parts.clock.now().toISOString();
  }

  /** Other nodes may have been marked while a test held this one up. */
  #merge(nodes: StoredRotationNode[], id: string): StoredRotationNode[] {
    return this.#rotation.nodes.map((node) =>
      node.node === id ? (nodes.find((one) => one.node === id) ?? node) : node,
    );
  }

  #set(fields: Partial<StoredRotation>): Promise<void> {
    this.#rotation = { ...this.#rotation, ...fields };
    // Whoever sets something while a write is under way waits for the next one, which carries all that was set by then.
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = null;
      const rotation = this.#rotation;
      this.#writing = this.#parts.store.writeRotation({ rotation }).then(() => this.#parts.changed(rotation));
      // A failed write is told to who waits for it, not to the one after.
      const done = this.#writing;
      this.#writing = done.catch(() => undefined);
      return done;
    });
    return this.#waiting;
  }
}
