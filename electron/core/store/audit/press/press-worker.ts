import { workerData } from 'node:worker_threads';
import { InlinePress } from './press.ts';
import type { PressAnswer, PressRequest, PressThreadData } from './press-thread.ts';

/** The thread that packs, hashes and indexes events. Never imported. */
function serve({ seed, port, signal }: PressThreadData): void {
  const press = new InlinePress(seed);
  /** What went wrong since it was begun anew: the next answer is that, and so are those after it. */
  let failure: string | null = null;

  function attempt(work: () => void): void {
    if (failure !== null) return;
    try {
      work();
    } catch (error) {
      failure = error instanceof Error ? error.message : 'Events could not be packed';
    }
  }
  function answer(): PressAnswer {
    let pressed = null;
    attempt(() => {
      press.end();
      pressed = press.finish();
    });
    return pressed === null ? { failure: failure ?? '' } : { pressed };
  }
  function handle(request: PressRequest): void {
    switch (request.ask) {
      case 'load':
        failure = null;
        attempt(() => {
          const blocks = request.blocks.map(({ first, bytes }) => ({ first, bytes: asBuffer(bytes) }));
          press.load(request.tree, blocks, request.fullText);
        });
        break;
      case 'full-text':
        press.setFullText(request.fullText);
        break;
      case 'take':
        attempt(() => press.take({ ...request.block, bytes: asBuffer(request.block.bytes) }));
        break;
      case 'end':
        port.postMessage(answer());
        wake();
    }
  }
  function wake(): void {
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  }
  port.on('message', handle);
  // Whoever waits is not left waiting.
  process.on('exit', wake);
  Atomics.store(signal, 1, 1);
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

serve(workerData as PressThreadData);
