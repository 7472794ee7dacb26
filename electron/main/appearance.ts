import { type BrowserWindow, nativeTheme } from 'electron';

/** Token `canvas` of renderer/styles/tokens.css: the window has the page's ground before the page is there. */
const CANVAS = { light: '#F8F6F2', dark: '#191715' } as const;

/** @returns the ground of a window in the theme that is in force now */
export function canvasColour(): string {
  return nativeTheme.shouldUseDarkColors ? CANVAS.dark : CANVAS.light;
}

/** Keep the ground of a window in step with the theme. */
export function followTheme(window: BrowserWindow): void {
  const paint = () => {
    if (!window.isDestroyed()) window.setBackgroundColor(canvasColour());
  };
  nativeTheme.on('updated', paint);
  window.once('closed', () => nativeTheme.off('updated', paint));
}
