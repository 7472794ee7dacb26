// Runs the script of a utility process in this thread, with the `process.parentPort` that Electron gives it.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MessagePortMain } from './ports.ts';

class ParentPort extends EventEmitter {
  #listening = false;

  override on(name: string, listener: (...values: unknown[]) => void): this {
    super.on(name, listener);
    // As in Electron, messages wait until somebody listens.
    if (name === 'message' && !this.#listening) {
      this.#listening = true;
      parentPort?.on('message', ({ message, ports }: { message: unknown; ports: MessagePort[] }) => {
        this.emit('message', { data: message, ports: ports.map((port) => new MessagePortMain(port)) });
      });
    }
    return this;
  }

  postMessage(message: unknown): void {
    parentPort?.postMessage(message);
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort() });
await import(pathToFileURL(workerData.script).href);
