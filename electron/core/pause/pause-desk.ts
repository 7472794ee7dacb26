import type { Clock } from '#core/console/clock.ts';
import { Turnstile } from '#core/hosts/logins.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { PausedNode, PauseState } from '#shared/domain/pause/pause-state.ts';
import { pauseSentence } from '#shared/domain/pause/pause-words.ts';
import type { BrakeEnd, BrakeLine } from './brake-line.ts';
import { type PauseFile, RUNNING, readPause, writePause } from './pause-file.ts';
import type { PauseTargets } from './pause-targets.ts';

/** The operator gets an answer after this time, whoever has not answered by then; in milliseconds. */
export const ANSWER_MS = 2_000;
/** A node may take this long before it counts as not reached. */
const NODE_MS = 20_000;
/** Answers of nodes are written down at most so often; in milliseconds. */
const NOTE_MS = 250;
/** While agents are paused, every node is told again after this time: one may have been away, or was restarted. */
const AGAIN_MS = 30_000;

/** The first connections are made when the console has shown its first page; in milliseconds. */
const FIRST_MS = 3_000;
/** Connections that nobody uses end after 150 s; in milliseconds. */
const KEEP_MS = 60_000;

const NOT_FOUND = 'No mycoSwarm was found there at the last look.';

export interface PauseParts {
  dataFolder: string;
  clock: Clock;
  nodes(): Promise<SwarmNode[]>;
  targets(node: SwarmNode): Promise<PauseTargets | null>;
  open(node: SwarmNode): BrakeLine;
  /**
   * Connections are kept open to all nodes, so that the brake never waits for a login: for consoles that stay. Others log in when it is
   * pulled.
   */
  keepsOpen: boolean;
  /** Something a page shows of it changed. */
  changed(): void;
  /** For the ledger, after it is known. */
  tell(what: 'agents-paused' | 'agents-resumed', state: PauseState): void;
}

/** The emergency brake of the whole swarm. */
export interface PauseDesk {
  state(): PauseState;
  /** Asks every node how it stands. */
  look(): Promise<PauseState>;
  pause(): Promise<PauseState>;
  /** Lets agents go; consent was given before. */
  resume(): Promise<PauseState>;
  close(): Promise<void>;
}

/** Opens the desk. A pause that was ordered before is gone on with: nodes that were missed are told again. */
export function createPauseDesk(parts: PauseParts): PauseDesk {
  const { dataFolder, clock } = parts;
  const lines = new Map<string, { key: string; line: BrakeLine }>();
  let file: PauseFile = readPause(dataFolder);
  /** Counts orders: what an earlier one still brings does not count any more. */
  let order = 0;
  let closed = false;
  let callOff: (() => void) | null = null;
  let writeLater: (() => void) | null = null;
  let callOffKeeping: (() => void) | null = null;
  const logins = new Turnstile();
  /** Nodes that were told to stop agents, or may have been before a restart; they are let go whatever was found there since. */
  const told = new Set(file.nodes.filter(({ is }) => is !== 'nothing-there').map(({ node }) => node));

  const stateNow = (): PauseState => ({ ...file, sentence: pauseSentence(file.is, file.nodes) });

  /** What was ordered is on the disk before the next node is told. */
  function keep(next: PauseFile): void {
    file = next;
    writeLater?.();
    writeLater = null;
    write();
    parts.changed();
  }

  /** What nodes answer is written together: fifty answers must not wait for fifty times fsync(2). */
  function note(nodes: PausedNode[]): void {
    file = { ...file, nodes };
    writeLater ??= clock.after(NOTE_MS, () => {
      writeLater = null;
      write();
    });
    parts.changed();
  }

  function write(): void {
    try {
      writePause(dataFolder, file);
    } catch {
      // A full disk stops no brake; the nodes themselves know that they are paused.
    }
  }

  function lineTo(node: SwarmNode): BrakeLine {
    const key = JSON.stringify(node.address);
    const known = lines.get(node.id);
    if (known?.key === key) return known.line;
    void known?.line.close();
    const line = parts.open(node);
    lines.set(node.id, { key, line });
    return line;
  }

  function set(node: SwarmNode, is: PausedNode['is'], still: number, why: string): void {
    const at = is === 'asked' ? null : clock.now().toISOString();
    const entry: PausedNode = { node: node.id, name: node.name, is, still, why: why.slice(0, 512), at };
    note([...file.nodes.filter((one) => one.node !== node.id), entry].sort(byName));
  }

  async function freeze(node: SwarmNode, mine: number): Promise<void> {
    const targets = await parts.targets(node).catch(() => null);
    if (order !== mine) return;
    if (targets === null && !told.has(node.id)) return set(node, 'nothing-there', 0, NOT_FOUND);
    if (targets !== null) tellSoon(node);
    // A node that was told keeps in mind whom it stopped, also where a later look finds nobody or cannot be read.
    const end = await asked(node, targets === null ? { act: 'state' } : { act: 'freeze', ...targets });
    if (order !== mine) return;
    if (targets === null && end.ok && !end.answer.paused) set(node, 'not-paused', 0, NOT_FOUND);
    else setFrozen(node, end);
  }

  /** On the disk before the node is told: a console that dies must find it again. One that is asked anyway stands there already. */
  function tellSoon(node: SwarmNode): void {
    told.add(node.id);
    if (file.nodes.some((one) => one.node === node.id && one.is !== 'nothing-there')) return;
    set(node, 'asked', 0, '');
    keep(file);
  }

  function setFrozen(node: SwarmNode, end: BrakeEnd): void {
    if (!end.ok) {
      set(node, 'not-paused', 0, end.why);
      return;
    }
    const { paused, still, loose, more, spared } = end.answer;
    if (!paused) {
      set(node, 'not-paused', 0, 'Agents run there.');
      return;
    }
    if (loose.length > 0) {
      const names = loose.slice(0, 3).map(({ pid, name }) => `${name} (${pid})`);
      const rest = more > 0 ? ' and more' : '';
      set(node, 'not-paused', still, `Still running there: ${names.join(', ')}${rest}.`);
      return;
    }
    // Nothing stood still, and nothing ran: a stopped service, or an account that a person shares with its agents.
    const own =
      spared.length > 0 ? 'Agents run under your own account there: only their service was stopped.' : '';
    set(node, spared.length > 0 && still === 0 ? 'not-paused' : 'paused', still, own);
  }

  async function thaw(node: SwarmNode, mine: number): Promise<void> {
    const end = await asked(node, { act: 'thaw' });
    if (order !== mine) return;
    if (end.ok && !end.answer.paused) {
      told.delete(node.id);
      note(file.nodes.filter((one) => one.node !== node.id));
    } else set(node, 'not-paused', 0, end.ok ? 'They were not let go.' : end.why);
  }

  async function asked(node: SwarmNode, act: Parameters<BrakeLine['ask']>[0]): Promise<BrakeEnd> {
    try {
      return await lineTo(node).ask(act, NODE_MS);
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : 'It could not be reached.' };
    }
  }

  /** @returns after all have answered, or after ANSWER_MS */
  async function within(work: readonly Promise<void>[]): Promise<void> {
    let off: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      off = clock.after(ANSWER_MS, resolve);
    });
    await Promise.race([Promise.all(work), late]);
    off();
  }

  function again(): void {
    callOff?.();
    callOff = null;
    if (closed || file.is === 'running') return;
    callOff = clock.after(AGAIN_MS, () => {
      const mine = order;
      void parts
        .nodes()
        .then((nodes) => {
          if (mine !== order) return [];
          const left = new Set(file.nodes.map((one) => one.node));
          return Promise.all(
            nodes.map((node) =>
              file.is === 'paused' ? freeze(node, mine) : left.has(node.id) ? thaw(node, mine) : undefined,
            ),
          );
        })
        .catch(() => undefined)
        .then(() => {
          if (mine === order) settle();
          again();
        });
    });
  }

  /** The last one was let go. */
  function settle(): void {
    if (file.is === 'resuming' && file.nodes.length === 0) keep(RUNNING);
  }

  /** All nodes in turn, a few at once; those that the list does not have any more are let go. */
  async function keepOpen(): Promise<void> {
    const nodes = await parts.nodes().catch(() => []);
    for (const [id, { line }] of lines) {
      if (nodes.some((node) => node.id === id)) continue;
      lines.delete(id);
      await line.close();
    }
    await Promise.all(
      nodes.map((node) =>
        logins.through(async () =>
          closed
            ? undefined
            : lineTo(node)
                .keepOpen?.()
                .catch(() => undefined),
        ),
      ),
    );
  }

  function keepOpenAgain(afterMs: number): void {
    if (closed || !parts.keepsOpen) return;
    callOffKeeping = clock.after(afterMs, () => void keepOpen().then(() => keepOpenAgain(KEEP_MS)));
  }

  again();
  keepOpenAgain(FIRST_MS);
  return {
    state: stateNow,
    async look() {
      const mine = order;
      const nodes = await parts.nodes();
      await within(
        nodes.map(async (node) => {
          if (node.address.kind === 'recorded') return;
          const end = await asked(node, { act: 'state' });
          if (mine !== order || file.is === 'running') return;
          if (end.ok || file.nodes.some((one) => one.node === node.id)) setFrozen(node, end);
        }),
      );
      return stateNow();
    },
    async pause() {
      order += 1;
      const mine = order;
      const nodes = (await parts.nodes()).filter(({ address }) => address.kind !== 'recorded');
      const since = file.is === 'paused' && file.since !== null ? file.since : clock.now().toISOString();
      // Written before the first node is told: a console that dies goes on with it.
      keep({ is: 'paused', since, nodes: nodes.map(askedNode).sort(byName) });
      await within(nodes.map((node) => freeze(node, mine)));
      parts.tell('agents-paused', stateNow());
      again();
      return stateNow();
    },
    async resume() {
      order += 1;
      const mine = order;
      const seen = file.nodes.filter(({ is }) => is !== 'nothing-there').map((one) => one.node);
      const known = new Set([...told, ...seen]);
      const nodes = (await parts.nodes()).filter(
        ({ id, address }) => address.kind !== 'recorded' && (known.has(id) || known.size === 0),
      );
      keep({ is: 'resuming', since: file.since, nodes: nodes.map(askedNode).sort(byName) });
      await within(nodes.map((node) => thaw(node, mine)));
      settle();
      parts.tell('agents-resumed', stateNow());
      again();
      return stateNow();
    },
    async close() {
      closed = true;
      order += 1;
      callOff?.();
      callOffKeeping?.();
      if (writeLater !== null) {
        writeLater();
        write();
      }
      await Promise.all([...lines.values()].map(({ line }) => line.close()));
    },
  };
}

function askedNode({ id, name }: SwarmNode): PausedNode {
  return { node: id, name, is: 'asked', still: 0, why: '', at: null };
}

const byName = (a: PausedNode, b: PausedNode): number => a.name.localeCompare(b.name, 'en');
