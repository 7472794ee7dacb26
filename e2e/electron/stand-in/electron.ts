/**
 * A stand-in for the `electron` module: as much of its main-process side as the desktop shell uses, so that the built
 * main and preload scripts run where no Electron binary is to be had. It records what it is told, asks what a test
 * wants asked, and has no opinion of its own: a guard that the shell forgot to set is simply not there.
 */

import { app } from './app.ts';
import { dialog, Menu, Notification, nativeTheme, Tray } from './desktop.ts';
import { answerInvoke, hearMessage, ipcMain } from './ipc.ts';
import { FrameDouble } from './page.ts';
import { session } from './session.ts';
import { calls, callsOf, options, preventable, record } from './state.ts';
import { processes } from './utility.ts';
import { BrowserWindow } from './window.ts';

// biome-ignore-start lint/performance/noBarrelFile: a module named `electron` has to export what Electron exports
export { app } from './app.ts';
export { dialog, Menu, Notification, nativeImage, nativeTheme, shell, Tray } from './desktop.ts';
export { ipcMain } from './ipc.ts';
export { MessageChannelMain } from './ports.ts';
export { session } from './session.ts';
export { utilityProcess } from './utility.ts';
export { BrowserWindow, screen } from './window.ts';
// biome-ignore-end lint/performance/noBarrelFile: see above

export const protocol = {
  registerSchemesAsPrivileged(schemes: unknown): void {
    if (app.isReady)
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    record('protocol.registerSchemesAsPrivileged', schemes);
  },
};

/** What a test holds in its hands; Electron has no such thing. */
export const standIn = {
  app,
  BrowserWindow,
  Menu,
  Notification,
  Tray,
  calls,
  callsOf,
  dialog,
  FrameDouble,
  answerInvoke,
  hearMessage,
  ipcMain,
  nativeTheme,
  options,
  preventable,
  processes,
  session,
};
export type StandIn = typeof standIn;

Reflect.set(globalThis, Symbol.for('swarmkeep.stand-in'), standIn);
