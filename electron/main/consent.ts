import { type BaseWindow, dialog } from 'electron';
import type { ConsentQuestion } from './control.ts';
import { plainText } from './plain-text.ts';

const REFUSE = 0;
const ALLOW = 1;

/**
 * Ask the person, outside the page, whether a change of a node may be made. One question at a time; the next waits.
 * Closing the dialog, a window that is gone, any error: no.
 */
export class ConsentDialog {
  readonly #window: () => BaseWindow | null;
  #before: Promise<unknown> = Promise.resolve();

  constructor(window: () => BaseWindow | null) {
    this.#window = window;
  }

  /** @returns whether the person allowed it; never throws */
  ask(question: ConsentQuestion): Promise<boolean> {
    const answer = this.#before.then(() => this.#show(question)).catch(() => false);
    this.#before = answer;
    return answer;
  }

  async #show(question: ConsentQuestion): Promise<boolean> {
    const window = this.#window();
    if (window === null || window.isDestroyed()) return false;
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      title: 'Swarmkeep',
      message: plainText(question.title, 256),
      detail: question.lines.map((line) => plainText(line, 1_024)).join('\n'),
      buttons: ['Leave as it is', 'Allow this change'],
      // Enter and Escape leave everything as it is.
      defaultId: REFUSE,
      cancelId: REFUSE,
      noLink: true,
    });
    return response === ALLOW;
  }
}
