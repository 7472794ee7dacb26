import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { z } from 'zod';

/** Smallest size at which every page is whole, in device-independent pixels. */
export const SMALLEST = { width: 900, height: 600 } as const;
const FIRST = { width: 1_280, height: 840 } as const;
/** So much of a window has to be on a display that it can be grasped and moved. */
const GRASP = 120;
const SAVE_AFTER_MS = 400;

const side = z.int().min(-100_000).max(100_000);
const savedState = z.object({
  bounds: z.object({
    x: side,
    y: side,
    width: z.int().min(1).max(100_000),
    height: z.int().min(1).max(100_000),
  }),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof savedState>;

/**
 * Where the window was, if that is still a place on a display.
 * @param file JSON that an earlier run wrote; damaged, foreign or missing: a fresh window
 */
export function readWindowState(file: string): { bounds: Partial<Rectangle>; maximised: boolean } {
  let state: WindowState;
  try {
    state = savedState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { bounds: FIRST, maximised: false };
  }
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const largest = {
    width: Math.max(SMALLEST.width, ...areas.map((area) => area.width)),
    height: Math.max(SMALLEST.height, ...areas.map((area) => area.height)),
  };
  const size = {
    width: Math.min(Math.max(state.bounds.width, SMALLEST.width), largest.width),
    height: Math.min(Math.max(state.bounds.height, SMALLEST.height), largest.height),
  };
  const { x, y } = state.bounds;
  const reachable = areas.some((area) => {
    const across = Math.min(x + size.width, area.x + area.width) - Math.max(x, area.x);
    // The title bar is what one grasps: its top edge has to be on this display.
    return across >= GRASP && y >= area.y && y <= area.y + area.height - GRASP;
  });
  return { bounds: reachable ? { x, y, ...size } : size, maximised: state.maximised };
}

/**
 * Remember where a window is, whenever it comes to rest and when it closes. A state that cannot be written is not
 * worth a word to the operator: the next window is a fresh one.
 */
export function keepWindowState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    const state: WindowState = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      return;
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
}
