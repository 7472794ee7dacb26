import {
  type LogReach,
  LogTrouble,
  type Look,
  MOST_ROTATED,
  type OpenLog,
  type SeenFile,
} from '../files/log-reach.ts';
import { rotatedName } from '../files/rotated-names.ts';
import { isSameFile } from '../files/same-file.ts';
import { type Listing, readListings } from './listing.ts';
import type { NodeLoop } from './node-loop.ts';
import { walkRemote } from './remote-walk.ts';

const MOST_LISTING_BYTES = 512 * 1024;
const ACTIVE_SWEEP_MS = 250;
const IDLE_SWEEP_MS = 1_000;
const ACTIVE_FOR_MS = 5_000;
/** Between sweeps the follower need not look by itself. */
const POLL_MS = 1_000;
/** A path is gone along anew after this time, in case a folder above was replaced. */
const WALKED_MS = 20_000;
/** Logs of one sweep: their listings must fit into one answer. */
const MOST_IN_SWEEP = 16;
/** What may be read again of the end of the last answer, without asking. */
const KEPT_BYTES = 1_024;

interface Watched {
  wakes: Set<() => void>;
  place: { folder: string; name: string; walkedAt: number } | null;
  listing: Listing | null;
  listedAt: number;
  signature: string;
}

/** The files of one node, through its loop. All followers of the node share it: one sweep looks at everything. */
export class RemoteReach implements LogReach {
  readonly #loop: NodeLoop;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | null = null;
  #activeAt = Number.NEGATIVE_INFINITY;

  constructor(loop: NodeLoop) {
    this.#loop = loop;
  }

  async look(path: string, fresh = false): Promise<Look> {
    const watched = this.#watched.get(path);
    const swept =
      watched && performance.now() - watched.listedAt < IDLE_SWEEP_MS * 2 ? watched.listing : null;
    // What is not a plain file any more may have become a link of root, which has to be gone along.
    const isThere = swept?.files.some(({ file, trouble }) => file.name === swept.base && trouble === null);
    const listing = swept && isThere && !fresh ? swept : await this.#listPath(path);
    return 'kind' in listing ? listing : this.#lookOf(listing);
  }

  async rotated(folder: string, base: string): Promise<SeenFile[]> {
    const listing = await this.#list(folder, base);
    return listing.files
      .filter(({ file, trouble }) => trouble === null && rotatedName(base, file.name) !== null)
      .slice(0, MOST_ROTATED)
      .map(({ file }) => file);
  }

  async open(file: SeenFile): Promise<OpenLog | null> {
    const name = await this.find(file, file.name);
    return name === null ? null : new RemoteLog(this.#loop, this, { ...file, name });
  }

  async matches(pattern: string, most: number): Promise<{ paths: string[]; more: boolean }> {
    const { body, status } = await this.#loop.ask(['match', pattern], MOST_LISTING_BYTES);
    const lines = body.toString('utf8').split('\n');
    const paths = lines.filter((path) => path.startsWith('/') && !path.includes('\ufffd')).sort();
    return { paths: paths.slice(0, most), more: status === 'many' || paths.length > most };
  }

  onChange(path: string, wake: () => void): { pollMs: () => number; stop: () => void } {
    const none = { wakes: new Set<() => void>(), place: null, listing: null, listedAt: -1e9, signature: '' };
    const watched: Watched = this.#watched.get(path) ?? none;
    this.#watched.set(path, watched);
    watched.wakes.add(wake);
    this.#sweepLater();
    return {
      pollMs: () => POLL_MS,
      stop: () => {
        watched.wakes.delete(wake);
        if (watched.wakes.size === 0 && this.#watched.get(path) === watched) this.#watched.delete(path);
        if (this.#watched.size > 0 || !this.#timer) return;
        clearTimeout(this.#timer);
        this.#timer = null;
      },
    };
  }

  /** @returns the name that a file has now in its folder; null when it is not there */
  async find(file: SeenFile, name: string): Promise<string | null> {
    const listing = await this.#list(file.folder, baseOf(name));
    const found = listing.files.filter((one) => isSameFile(one.file, file));
    const best = found.find((one) => one.file.name === name) ?? found[0];
    if (best && best.trouble !== null) throw new LogTrouble(best.trouble);
    return best?.file.name ?? null;
  }

  /** What the newest sweep says of a file, and when it looked; null when it says nothing. */
  swept(file: SeenFile): { file: SeenFile; at: number } | null {
    for (const { listing, listedAt } of this.#watched.values()) {
      const found = listing?.files.find(
        (one) =>
          one.file.inode === file.inode && one.file.device === file.device && one.file.folder === file.folder,
      );
      if (found) return { file: found.file, at: listedAt };
    }
    return null;
  }

  async #listPath(path: string): Promise<Listing | Look> {
    const walked = await walkRemote(this.#loop, path);
    if ('kind' in walked) return walked;
    const listing = await this.#list(walked.folder, walked.name);
    const watched = this.#watched.get(path);
    if (watched) {
      watched.place = { ...walked, walkedAt: performance.now() };
      watched.listing = listing;
      watched.listedAt = performance.now();
    }
    return listing;
  }

  async #list(folder: string, base: string): Promise<Listing> {
    const { body } = await this.#loop.ask(['list', '1', folder, base], MOST_LISTING_BYTES);
    const [listing] = readListings(body, [{ folder, base }]);
    if (!listing) throw new LogTrouble('The node does not answer as it should.');
    return listing;
  }

  #lookOf(listing: Listing): Look {
    const { state, folder, base } = listing;
    if (state === 'closed') {
      return { kind: 'missing', trouble: `${folder} cannot be entered. ${this.#wouldHelp()}` };
    }
    if (state === 'linked')
      return { kind: 'missing', trouble: `${folder} is being replaced; looking again.` };
    if (state === 'missing') return { kind: 'missing', trouble: `${folder} is not there; waiting for it.` };
    const live = listing.files.find(({ file }) => file.name === base);
    if (!live) return { kind: 'missing', trouble: 'It is not there yet; waiting for it.' };
    return live.trouble === null
      ? { kind: 'file', file: live.file }
      : { kind: 'refused', trouble: live.trouble };
  }

  #wouldHelp(): string {
    return this.#loop.uid === 0
      ? ''
      : 'It would help to allow sudo without a password on that node, or to let the login account read there.';
  }

  closedTrouble(): LogTrouble {
    return new LogTrouble(`The login account may not read it. ${this.#wouldHelp()}`.trim());
  }

  #sweepLater(): void {
    if (this.#timer || this.#watched.size === 0) return;
    const active = performance.now() - this.#activeAt < ACTIVE_FOR_MS;
    this.#timer = setTimeout(
      () => {
        void this.#sweep()
          .catch(() => {}) // What a sweep could not see, the follower asks for itself, and says why.
          .finally(() => {
            this.#timer = null;
            this.#sweepLater();
          });
      },
      active ? ACTIVE_SWEEP_MS : IDLE_SWEEP_MS,
    );
    this.#timer.unref();
  }

  async #sweep(): Promise<void> {
    const now = performance.now();
    const due = [...this.#watched.values()].filter(
      ({ place }) => place !== null && now - place.walkedAt < WALKED_MS,
    );
    for (let at = 0; at < due.length; at += MOST_IN_SWEEP) {
      const part = due.slice(at, at + MOST_IN_SWEEP);
      const wanted = part.map(({ place }) => ({ folder: place?.folder ?? '', base: place?.name ?? '' }));
      const order = ['list', String(wanted.length), ...wanted.flatMap(({ folder, base }) => [folder, base])];
      const { body } = await this.#loop.ask(order, MOST_LISTING_BYTES);
      for (const [index, listing] of readListings(body, wanted).entries()) {
        const watched = part[index];
        if (!watched) continue;
        watched.listing = listing;
        watched.listedAt = performance.now();
        const signature = JSON.stringify([listing.state, listing.files]);
        if (signature === watched.signature) continue;
        watched.signature = signature;
        this.#activeAt = performance.now();
        for (const wake of watched.wakes) wake();
      }
    }
  }
}

/** A rotated file is looked for among the files of its log: what stands before the first `.` and digits is enough of its name. */
function baseOf(name: string): string {
  const end = /[.-]\d/.exec(name)?.index ?? name.length;
  return name.slice(0, Math.max(end, 1));
}

class RemoteLog implements OpenLog {
  readonly #loop: NodeLoop;
  readonly #reach: RemoteReach;
  #file: SeenFile;
  /** End of the last answer, where it ended, and how the file was then. */
  #kept: { bytes: Buffer; end: number; size: number; modifiedAt: number; at: number } | null = null;

  constructor(loop: NodeLoop, reach: RemoteReach, file: SeenFile) {
    this.#loop = loop;
    this.#reach = reach;
    this.#file = file;
  }

  async read(offset: number, length: number): Promise<Buffer | null> {
    const kept = this.#keptFrom(offset);
    if (kept) return kept;
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const { folder, name, device, inode } = this.#file;
      const at = performance.now();
      const order = ['read', folder, name, `${device}:${inode}`, String(offset), String(length)];
      const { body, status } = await this.#loop.ask(order, length);
      if (body.length > length) throw new LogTrouble('The node sent more than was asked for.');
      const seen = /^ok \d+:\d+ [0-9a-f]{4} (\d{1,15}) (-?\d{1,12})\.(\d{3})$/.exec(status);
      if (seen) {
        const modifiedAt = Number(`${seen[2]}${seen[3]}`);
        this.#file = { ...this.#file, size: Number(seen[1]), modifiedAt };
        const bytes = Buffer.from(body.subarray(Math.max(0, body.length - KEPT_BYTES)));
        this.#kept = { bytes, end: offset + body.length, size: Number(seen[1]), modifiedAt, at };
        return body;
      }
      if (status === 'closed') throw this.#reach.closedTrouble();
      if (status !== 'gone') throw new LogTrouble('It cannot be read.');
      const found = await this.#reach.find(this.#file, name);
      if (found === null) return null;
      this.#file = { ...this.#file, name: found };
    }
    throw new LogTrouble('It is renamed faster than it can be read.');
  }

  /** A sweep that looked after the last answer saw no change: what it would be answered is known. */
  #keptFrom(offset: number): Buffer | null {
    const kept = this.#kept;
    const swept = kept ? this.#reach.swept(this.#file) : null;
    if (!kept || !swept || swept.at <= kept.at || performance.now() - swept.at > IDLE_SWEEP_MS * 2)
      return null;
    if (
      kept.end !== kept.size ||
      swept.file.size !== kept.size ||
      swept.file.modifiedAt !== kept.modifiedAt
    ) {
      return null;
    }
    const from = kept.bytes.length - (kept.end - offset);
    return offset <= kept.end && from >= 0 ? kept.bytes.subarray(from) : null;
  }

  async look(): Promise<SeenFile | null> {
    const swept = this.#reach.swept(this.#file);
    return swept ? { ...swept.file, name: this.#file.name } : this.#file;
  }

  async close(): Promise<void> {}
}
