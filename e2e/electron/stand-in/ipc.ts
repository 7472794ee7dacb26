import type { FrameDouble } from './page.ts';
import { Emitter } from './state.ts';
import type { WebContents } from './window.ts';

type Handler = (event: object, ...values: unknown[]) => unknown;

class IpcMain extends Emitter {
  readonly handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}

export const ipcMain = new IpcMain();

const eventOf = (sender: WebContents, senderFrame: FrameDouble | null) => ({
  sender,
  senderFrame,
  ports: [],
});

/** A page asks: values are copied, and what the handler throws reaches the page as text only. */
export async function answerInvoke(
  sender: WebContents,
  frame: FrameDouble | null,
  channel: string,
  values: unknown[],
): Promise<unknown> {
  const handler = ipcMain.handlers.get(channel);
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
  return structuredClone(await handler(eventOf(sender, frame), ...structuredClone(values)));
}

/** A page says something and wants no answer. */
export function hearMessage(
  sender: WebContents,
  frame: FrameDouble | null,
  channel: string,
  values: unknown[],
): void {
  ipcMain.emit(channel, eventOf(sender, frame), ...structuredClone(values));
}
