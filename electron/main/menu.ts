import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { BridgePage } from '#shared/contract/bridge.ts';
import { openExternal } from './external.ts';

const HOME_PAGE = 'https://github.com/msb-msb/mycoSwarm';

export interface MenuActions {
  open(page: BridgePage): void;
  lookNow(): void;
  quit(): void;
}

/**
 * The menu of the application. No item reloads or inspects the page in a packaged build. Ctrl/Cmd-K and `?` belong to
 * the page: an accelerator here would take them from it.
 */
export function setApplicationMenu(actions: MenuActions): void {
  const isMac = process.platform === 'darwin';
  const lookNow: MenuItemConstructorOptions = {
    label: 'Look Now',
    accelerator: 'CmdOrCtrl+L',
    click: () => actions.lookNow(),
  };
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.open('settings'),
  };
  const quit: MenuItemConstructorOptions = {
    label: `Quit ${app.name}`,
    accelerator: 'CmdOrCtrl+Q',
    click: () => actions.quit(),
  };
  const first: MenuItemConstructorOptions = isMac
    ? {
        label: app.name,
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          settings,
          lookNow,
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          quit,
        ],
      }
    : { label: '&File', submenu: [lookNow, { type: 'separator' }, settings, { type: 'separator' }, quit] };
  const pages: [string, BridgePage][] = [
    ['Home', 'home'],
    ['Setup', 'setup'],
    ['Checks', 'checks'],
    ['Nodes', 'nodes'],
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      first,
      { role: 'editMenu' },
      {
        label: '&View',
        submenu: [
          ...pages.map(([label, page], index) => ({
            label,
            accelerator: `CmdOrCtrl+${index + 1}`,
            click: () => actions.open(page),
          })),
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
          ...(app.isPackaged
            ? []
            : ([{ type: 'separator' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])),
        ],
      },
      { role: 'windowMenu' },
      {
        role: 'help',
        submenu: [
          { label: 'Keys', click: () => actions.open('keys') },
          { label: 'Find Anything', click: () => actions.open('palette') },
          { type: 'separator' },
          { label: 'About mycoSwarm', click: () => void openExternal(HOME_PAGE) },
        ],
      },
    ]),
  );
}
