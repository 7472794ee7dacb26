import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Electron's MessagePortMain over a port of worker_threads: events carry `data` and `ports`, nothing before `start`. */
export class MessagePortMain extends EventEmitter {
  readonly node: MessagePort;
  #started = false;

  constructor(node: MessagePort) {
    super();
    this.node = node;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.node.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
    this.node.on('close', () => this.emit('close'));
  }

  postMessage(data: unknown, transfer: MessagePortMain[] = []): void {
    this.node.postMessage(
      data,
      transfer.map((port) => port.node),
    );
  }

  close(): void {
    this.node.close();
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const channel = new MessageChannel();
    this.port1 = new MessagePortMain(channel.port1);
    this.port2 = new MessagePortMain(channel.port2);
  }
}
