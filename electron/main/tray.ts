import { join } from 'node:path';
import { Menu, nativeImage, nativeTheme, Tray } from 'electron';
import { plainText } from './plain-text.ts';
import type { ShownStatus } from './status.ts';

export interface TrayActions {
  open(): void;
  lookNow(): void;
  quit(): void;
}

/** The icon beside the clock: how things are, in one glance and one sentence. */
export class StatusTray {
  readonly #folder: string;
  readonly #actions: TrayActions;
  readonly #tray: Tray;
  #status: ShownStatus;

  /**
   * @param folder where the tray icons are
   * @throws when the desktop has no place for such icons (some Linux desktops)
   */
  constructor(folder: string, status: ShownStatus, actions: TrayActions) {
    this.#folder = folder;
    this.#actions = actions;
    this.#status = status;
    this.#tray = new Tray(this.#image());
    this.#tray.on('click', () => actions.open());
    nativeTheme.on('updated', () => this.#tray.setImage(this.#image()));
    this.show(status);
  }

  show(status: ShownStatus): void {
    this.#status = status;
    this.#tray.setImage(this.#image());
    this.#tray.setToolTip(plainText(status.sentence, 120));
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: menuText(status.sentence), enabled: false },
        ...(status.tally === '' ? [] : [{ label: menuText(status.tally), enabled: false }]),
        { type: 'separator' },
        { label: 'Open Swarmkeep', click: () => this.#actions.open() },
        { label: 'Look Now', click: () => this.#actions.lookNow() },
        { type: 'separator' },
        { label: 'Quit', click: () => this.#actions.quit() },
      ]),
    );
  }

  #image(): Electron.NativeImage {
    // macOS colours a template image itself; elsewhere the ground of the bar is the system's light or dark.
    const ground =
      process.platform === 'darwin' ? 'Template' : nativeTheme.shouldUseDarkColors ? '-dark' : '-light';
    return nativeImage.createFromPath(join(this.#folder, `tray-${this.#status.icon}${ground}.png`));
  }
}

/** An ampersand would underline the letter after it. */
function menuText(text: string): string {
  return plainText(text, 120).replaceAll('&', '&&');
}
