import { existsSync } from 'node:fs';
import { Emitter, options, record } from './state.ts';

/** The rest of Electron's desktop: dialogs, menus, tray, notifications, theme. */
export const dialog = {
  /** Answers of the person, in order; when there is none left, the dialog is closed as by Escape. */
  answers: [] as number[],
  savePath: null as string | null,
  async showMessageBox(window: unknown, box: { cancelId?: number }) {
    record('dialog.showMessageBox', window, box);
    return { response: dialog.answers.shift() ?? box.cancelId ?? 0, checkboxChecked: false };
  },
  showErrorBox(title: string, content: string) {
    record('dialog.showErrorBox', title, content);
  },
  async showSaveDialog(window: unknown, box: object) {
    record('dialog.showSaveDialog', window, box);
    return { canceled: dialog.savePath === null, filePath: dialog.savePath ?? '' };
  },
};

export const shell = {
  async openExternal(address: string): Promise<void> {
    record('shell.openExternal', address);
  },
};

export interface MenuItem {
  label?: string;
  role?: string;
  accelerator?: string;
  enabled?: boolean;
  submenu?: MenuItem[];
  click?: () => void;
}

export const Menu = {
  application: null as { items: MenuItem[] } | null,
  buildFromTemplate: (items: MenuItem[]) => ({ items }),
  setApplicationMenu(menu: { items: MenuItem[] }) {
    Menu.application = menu;
  },
};

export const nativeImage = {
  createFromPath(path: string) {
    // Electron makes an empty image of a missing file and says nothing; here it is a mistake.
    if (!existsSync(path)) throw new Error(`no image at ${path}`);
    return { path };
  },
};

export class Tray extends Emitter {
  static all: Tray[] = [];
  image: { path: string };
  toolTip = '';
  menu: { items: MenuItem[] } | null = null;

  constructor(image: { path: string }) {
    super();
    if (!options.tray) throw new Error('no status area');
    this.image = image;
    Tray.all.push(this);
  }

  setImage(image: { path: string }): void {
    this.image = image;
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: { items: MenuItem[] }): void {
    this.menu = menu;
  }
}

export class Notification extends Emitter {
  static all: Notification[] = [];
  readonly options: { title: string; body: string };

  constructor(notification: { title: string; body: string }) {
    super();
    this.options = notification;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    Notification.all.push(this);
  }
}

class NativeTheme extends Emitter {
  #source = 'system';

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark' || (this.#source === 'system' && options.dark);
  }

  get themeSource(): string {
    return this.#source;
  }

  set themeSource(source: string) {
    this.#source = source;
    this.emit('updated');
  }
}

export const nativeTheme = new NativeTheme();
