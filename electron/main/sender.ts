import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import type { z } from 'zod';
import { APP_ORIGIN } from '#shared/contract/bridge.ts';
import { isAppAddress } from './address.ts';

/** Tells our own window's contents from any other. */
export type IsOurs = (contents: WebContents | null) => boolean;

/**
 * Whether a message comes from our page: known web contents, their main frame, and the exact origin of `app://`
 * (Electron security checklist, item 17). A frame that is gone, or anything that cannot be read, is a no.
 */
export function isOurSender(event: IpcMainEvent | IpcMainInvokeEvent, isOurs: IsOurs): boolean {
  try {
    const frame = event.senderFrame;
    if (frame === null || frame.detached || !isOurs(event.sender)) return false;
    if (frame !== event.sender.mainFrame || frame.parent !== null) return false;
    return frame.origin === APP_ORIGIN && isAppAddress(frame.url);
  } catch {
    return false;
  }
}

/** The answer to a stranger, and to input that is not as agreed: says nothing about which of them it was. */
const REFUSED = 'Refused.';

/**
 * The only way in which this program listens to a page's questions.
 * @param input shape of the one argument; more arguments are refused
 * @param answer is called with parsed input only; its error reaches the page as one word
 */
export function answerPage<S extends z.ZodType, R>(
  channel: string,
  isOurs: IsOurs,
  input: S,
  answer: (value: z.infer<S>) => R | Promise<R>,
): void {
  ipcMain.handle(channel, async (event, ...values: unknown[]): Promise<R> => {
    if (!isOurSender(event, isOurs)) throw new Error(REFUSED);
    const parsed = values.length <= 1 ? input.safeParse(values[0]) : null;
    if (!parsed?.success) throw new Error(REFUSED);
    try {
      return await answer(parsed.data);
    } catch {
      throw new Error(REFUSED);
    }
  });
}

/** The only way in which this program listens to a page's messages that want no answer. Strangers are not heard. */
export function hearPage<S extends z.ZodType>(
  channel: string,
  isOurs: IsOurs,
  input: S,
  hear: (value: z.infer<S>, sender: WebContents) => void,
): void {
  ipcMain.on(channel, (event, ...values: unknown[]) => {
    if (!isOurSender(event, isOurs) || values.length !== 1) return;
    const parsed = input.safeParse(values[0]);
    if (parsed.success) hear(parsed.data, event.sender);
  });
}
