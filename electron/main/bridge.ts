import { z } from 'zod';
import { CONNECT_REQUEST } from '#shared/contract/bridge.ts';
import { CHANNELS } from '#shared/contract/bridge-channels.ts';
import type { CoreProcess } from './core-process.ts';
import { openExternal } from './external.ts';
import { saveText, textFile } from './save-text.ts';
import { answerPage, hearPage } from './sender.ts';
import type { MainWindow } from './window.ts';

/** Everything that the page can ask of the main process: the other side of the preload script. */
export function answerBridge(main: MainWindow, core: () => CoreProcess): void {
  hearPage(CHANNELS.connect, main.isOurs, z.string().regex(CONNECT_REQUEST), (request, sender) => {
    const port = core().newPagePort();
    if (port !== null) sender.postMessage(CHANNELS.port, request, [port]);
  });
  answerPage(CHANNELS.coreState, main.isOurs, z.undefined(), () => core().state);
  answerPage(CHANNELS.openExternal, main.isOurs, z.string().max(2_048), (address) => openExternal(address));
  answerPage(CHANNELS.saveText, main.isOurs, textFile, (file) => saveText(main.window, file));
}
